"""Parts of the pages that change the register: mappings of columns, and what is taken out of view or merged."""
