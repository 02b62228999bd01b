-- Whether everybody of an organisation needs a second factor.
ALTER TABLE organisation ADD COLUMN demands_second_factor INTEGER NOT NULL DEFAULT 0;
