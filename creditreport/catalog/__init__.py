"""The 45 domains, the register and the overlays as declared in manifests: all loaded or none."""
