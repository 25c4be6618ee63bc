package weir.peers;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Record i is {@code generator.at(i)}, 0 <= i < count; of p readers each takes every p-th, so that event time goes on evenly; 64 records a poll. Positions are exact. */
public final class IndexedSource<T> implements Source<T, IndexedSource.Range, Integer> {
  private static final int RECORDS_PER_POLL = 64;

  /** Makes records; one object per reader. */
  public interface Generator<T> extends Serializable {
    T at(long index);
  }

  /** Makes a generator per reader. */
  public interface GeneratorFactory<T> extends Serializable {
    Generator<T> create();
  }

  private final long count;
  private final GeneratorFactory<T> factory;

  public IndexedSource(long count, GeneratorFactory<T> factory) {
    this.count = count;
    this.factory = factory;
  }

  /** What is left of a reader's share: next, next + step, ... below end. */
  public record Range(long next, long end, int step) implements SourceSplit {
    @Override
    public String splitId() {
      return "share-" + next % step;
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<T, Range> createReader(SourceReaderContext context) {
    return new Reader<>(factory.create(), context);
  }

  @Override
  public SplitEnumerator<Range, Integer> createEnumerator(SplitEnumeratorContext<Range> context) {
    return new Enumerator(context, count, 0);
  }

  @Override
  public SplitEnumerator<Range, Integer> restoreEnumerator(SplitEnumeratorContext<Range> context, Integer assigned) {
    return new Enumerator(context, count, assigned);
  }

  @Override
  public SimpleVersionedSerializer<Range> getSplitSerializer() {
    return new SimpleVersionedSerializer<>() {
      @Override
      public int getVersion() {
        return 1;
      }

      @Override
      public byte[] serialize(Range range) {
        return ByteBuffer.allocate(20).putLong(range.next()).putLong(range.end()).putInt(range.step()).array();
      }

      @Override
      public Range deserialize(int version, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Range(buffer.getLong(), buffer.getLong(), buffer.getInt());
      }
    };
  }

  @Override
  public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new SimpleVersionedSerializer<>() {
      @Override
      public int getVersion() {
        return 1;
      }

      @Override
      public byte[] serialize(Integer assigned) {
        return ByteBuffer.allocate(4).putInt(assigned).array();
      }

      @Override
      public Integer deserialize(int version, byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
      }
    };
  }

  private static final class Enumerator implements SplitEnumerator<Range, Integer> {
    private final SplitEnumeratorContext<Range> context;
    private final long count;
    /** Bits of the readers that have their share. */
    private int assigned;

    Enumerator(SplitEnumeratorContext<Range> context, long count, int assigned) {
      this.context = context;
      this.count = count;
      this.assigned = assigned;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<Range> ranges, int subtask) {
      for (Range range : ranges) context.assignSplit(range, subtask);
    }

    @Override
    public void addReader(int subtask) {
      if ((assigned & (1 << subtask)) == 0) {
        assigned |= 1 << subtask;
        context.assignSplit(new Range(subtask, count, context.currentParallelism()), subtask);
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public Integer snapshotState(long checkpointId) {
      return assigned;
    }

    @Override
    public void close() {}
  }

  private static final class Reader<T> implements SourceReader<T, Range> {
    private final Generator<T> generator;
    private final ArrayDeque<Range> waiting = new ArrayDeque<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private boolean noMoreSplits;
    private long next;
    private long end;
    private int step = 1;

    Reader(Generator<T> generator, SourceReaderContext context) {
      this.generator = generator;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) {
      if (next >= end) {
        Range range = waiting.poll();
        if (range == null) return noMoreSplits ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        next = range.next();
        end = range.end();
        step = range.step();
      }
      long limit = Math.min(end, next + (long) RECORDS_PER_POLL * step);
      for (; next < limit; next += step) output.collect(generator.at(next));
      return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<Range> snapshotState(long checkpointId) {
      List<Range> ranges = new ArrayList<>(waiting);
      if (next < end) ranges.add(new Range(next, end, step));
      return ranges;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<Range> ranges) {
      waiting.addAll(ranges);
      available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
      noMoreSplits = true;
      available.complete(null);
    }

    @Override
    public void close() {}
  }
}
