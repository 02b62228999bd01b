-- What is gathered of a run besides figures. Temporary: a crash leaves nothing of it, nor of the state that follows it.
CREATE OR REPLACE TEMP TABLE new_key AS SELECT stream, generation, key_hi, key_lo FROM figure LIMIT 0;
CREATE OR REPLACE TEMP TABLE new_entity AS FROM entity LIMIT 0;
CREATE OR REPLACE TEMP TABLE new_address AS FROM address LIMIT 0;
CREATE OR REPLACE TEMP TABLE new_about AS SELECT 0::UINTEGER AS local, * EXCLUDE (about) FROM about LIMIT 0;
