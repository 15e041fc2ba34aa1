"""How facts come into the register from files: tag lists, COBie workbooks, building models, makers' packages, TOML."""
