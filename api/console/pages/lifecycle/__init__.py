"""The pages of an asset's life: projects and their handover."""
