package org.example.exchange.client;

import java.io.Serializable;

/** A bad field of a request. */
public final class Violation implements Serializable {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String description;

  Violation(String field, String description) {
    this.field = field;
    this.description = description;
  }

  /** The field's path. */
  public String field() {
    return field;
  }

  /** What is wrong with it and what to do. */
  public String description() {
    return description;
  }
}
