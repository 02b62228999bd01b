-- What is new gets the next free numbers, in the order in which it came.
INSERT INTO about BY NAME
SELECT ($next + row_number() OVER (ORDER BY local) - 1)::UINTEGER AS about, * EXCLUDE (local)
FROM new_about ANTI JOIN about USING (stream, hash_hi, hash_lo);
