"""The routes of an asset's life: the ledger, projects and their handover."""
