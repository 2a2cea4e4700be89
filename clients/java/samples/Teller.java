/** Writes lines, and ends a watch after so many by interrupting its thread. */
final class Teller {
  private final Thread watching = Thread.currentThread();
  private int left;

  /** @param count how many; 0 for no end */
  Teller(int count) {
    left = count;
  }

  void tell(String line) {
    System.out.println(line);
    left--;
    if (left == 0) {
      watching.interrupt();
    }
  }
}
