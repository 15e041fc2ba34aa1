"""The documents about an asset's life: the ledger, projects and their handover."""
