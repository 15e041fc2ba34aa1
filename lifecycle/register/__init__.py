"""The register: what stands in the plant, when it was healthy, and when it is learnt again."""
