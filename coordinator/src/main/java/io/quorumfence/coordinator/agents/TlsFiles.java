package io.quorumfence.coordinator.agents;

import java.nio.file.Path;

/** The coordinator's own certificate and key and the cell's authority, as PEM files (key in PKCS8). */
public record TlsFiles(Path ca, Path certificate, Path key) {}
