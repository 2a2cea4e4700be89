package org.example.exchange.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;

/** Who the caller is and whom it trusts. All of it may be left out. */
public final class ConnectOptions {
  String token;
  byte[] certificate;
  byte[] clientCertificate;
  byte[] clientKey;
  long deadlineMs = 30_000;
  long patienceMs = 300_000;

  /** An API token. */
  public ConnectOptions token(String value) {
    token = value;
    return this;
  }

  /** PEM of the certificate that the node must show, or of the authority that signed it. Default: Java's authorities. */
  public ConnectOptions certificate(byte[] pem) {
    certificate = pem;
    return this;
  }

  /** PEM, for mutual TLS; the key in PKCS #8. */
  public ConnectOptions clientCertificate(byte[] pem, byte[] key) {
    clientCertificate = pem;
    clientKey = key;
    return this;
  }

  /** For a unary call, tries and waits together, unless it names its own. Default 30,000. */
  public ConnectOptions deadlineMs(long value) {
    deadlineMs = value;
    return this;
  }

  /** How long a watch or a publication goes on while the node is silent. Default 300,000. */
  public ConnectOptions patienceMs(long value) {
    patienceMs = value;
    return this;
  }

  /**
   * As the program {@code exchange} takes them: EXCHANGE_TOKEN holds an API token, EXCHANGE_CERTIFICATE, EXCHANGE_CLIENT_CERTIFICATE
   * and EXCHANGE_CLIENT_KEY name PEM files.
   */
  public static ConnectOptions fromEnvironment() throws IOException {
    return new ConnectOptions()
        .token(System.getenv("EXCHANGE_TOKEN"))
        .certificate(pem("EXCHANGE_CERTIFICATE"))
        .clientCertificate(pem("EXCHANGE_CLIENT_CERTIFICATE"), pem("EXCHANGE_CLIENT_KEY"));
  }

  private static byte[] pem(String name) throws IOException {
    String path = System.getenv(name);
    return path == null || path.isEmpty() ? null : Files.readAllBytes(Paths.get(path));
  }
}
