package org.example.exchange.client;

/** A place that is forgotten with the process. */
public final class MemoryToken implements TokenStore {
  private volatile String token;

  /** Begins with a snapshot. */
  public MemoryToken() {
    this("");
  }

  /** Begins at a token. */
  public MemoryToken(String token) {
    this.token = token;
  }

  @Override
  public String load() {
    return token;
  }

  @Override
  public void save(String token) {
    this.token = token;
  }
}
