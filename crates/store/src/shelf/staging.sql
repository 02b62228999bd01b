-- Records of a run that are not kept yet. Temporary: a crash leaves nothing of them, nor of the state that follows them.
CREATE OR REPLACE TEMP TABLE new_figure AS FROM figure LIMIT 0;
CREATE OR REPLACE TEMP TABLE new_entity AS FROM entity LIMIT 0;
