package org.example.exchange.client;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A place in a file, which is written whole or not at all. */
public final class FileToken implements TokenStore {
  private final Path path;

  /** The file need not be there. */
  public FileToken(Path path) {
    this.path = path;
  }

  @Override
  public String load() {
    try {
      return Files.exists(path) ? new String(Files.readAllBytes(path), StandardCharsets.US_ASCII).trim() : "";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void save(String token) {
    File written = new File(path + ".new");
    // No channel of java.nio, which an interrupted thread closes: an interrupt ends a watch after its last token was saved.
    try (FileOutputStream file = new FileOutputStream(written)) {
      file.write((token + "\n").getBytes(StandardCharsets.US_ASCII));
      file.getFD().sync();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    try {
      Files.move(written.toPath(), path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
