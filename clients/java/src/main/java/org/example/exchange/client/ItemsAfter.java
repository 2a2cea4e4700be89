package org.example.exchange.client;

import org.example.exchange.v1.PublishVacancyItem;

/** Gives the items of a publication. */
public interface ItemsAfter {
  /**
   * The items that follow the item of that number, in an order that never changes. It is called once, with the number up to which the
   * node answered in earlier runs; the iterator may wait for the next item, on a thread of its own.
   */
  Iterable<PublishVacancyItem> itemsAfter(long number);
}
