"""Lists of the record as files for people and programs: CSV, XLSX and Parquet, row by row, in bounded memory."""
