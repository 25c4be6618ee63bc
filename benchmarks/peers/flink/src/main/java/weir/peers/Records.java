package weir.peers;

/** The records of the loops and micro workloads, POJOs all, and how record i is made: the same as benchmarks/src/loops/workloads.ts and src/micro make. */
public final class Records {
  static final long START = 1_700_000_000_000L;
  /** Event time: a record each 10 microseconds. */
  static final long RECORDS_PER_MS = 100;

  private Records() {}

  public static final class Small {
    public long id;
    public int value;

    public Small() {}

    Small(long id, int value) {
      this.id = id;
      this.value = value;
    }

    static Small at(long i) {
      return new Small(i, (int) i & 1023);
    }
  }

  /** A record with an integer key and no time. */
  public static final class Keyed {
    public int key;
    public int value;

    public Keyed() {}

    static Keyed at(long i, int keys) {
      Keyed record = new Keyed();
      record.key = scattered(i) % keys;
      record.value = (int) i & 255;
      return record;
    }
  }

  public static final class Event {
    public int key;
    public long time;
    public int value;

    public Event() {}

    static Event at(long i, int keys) {
      Event event = new Event();
      event.key = scattered(i) % keys;
      event.time = START + i / RECORDS_PER_MS;
      event.value = (int) i & 255;
      return event;
    }

    /** Keys are seen for a second each, so that their sessions end. */
    static Event ofVisitor(long i, int visitors) {
      Event event = at(i, visitors);
      event.key += visitors * (int) (event.time / 1000 % 100);
      return event;
    }
  }

  public static final class SumCount {
    public long sum;
    public long count;

    public SumCount() {}
  }

  /** About 100 bytes: two numbers, a short text, a longer one. */
  public static final class Reading {
    public long id;
    public String key;
    public long at;
    public double value;
    public String text;

    public Reading() {}

    static Reading at(int i) {
      Reading reading = new Reading();
      reading.id = i;
      reading.key = "sensor-" + (i * 7919) % 1000;
      reading.at = START + i * 10L;
      reading.value = ((i * 31) % 997) / 4.0;
      reading.text = String.format("reading %08d of the %s", i, "x".repeat(30));
      return reading;
    }
  }

  private static int scattered(long i) {
    return ((int) i * 0x9e3779b1) >>> 4;
  }
}
