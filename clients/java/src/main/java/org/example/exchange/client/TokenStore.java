package org.example.exchange.client;

/**
 * Where a watch keeps its place. A watch saves a token after its response was applied, never before. A system with a database keeps it
 * there, in the transaction that applies the response.
 */
public interface TokenStore {
  /** The token; empty before the first. */
  String load();

  /** Keeps a token. */
  void save(String token);
}
