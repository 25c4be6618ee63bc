/** Turns the program under test into one compiled chain between stand-ins for its inputs and its output. */
import { assert } from '@weir/base';
import { CollectionSource } from '@weir/connector';
import { type DataStream, type DataStreamSink, SingleOutputStreamOperator, StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { type CompiledJob, createJobGraph, type JobVertex } from '@weir/graph';

/** Builds what is tested from its input streams. The operators must form one chain: at most one `keyBy` or `connect`, in front. */
export type HarnessProgram<A, B> = (first: DataStream<A>, second: DataStream<B>) => DataStream<unknown> | DataStreamSink<never> | DataStreamSink<unknown>;

export interface CompiledHarness {
  readonly job: CompiledJob;
  readonly vertex: JobVertex;
  /** Index in the chain of the operator whose output is looked at; undefined when it ends in a sink. */
  readonly outputIndex: number | undefined;
}

const MAX_PARALLELISM = 128;

export function compileHarness<A, B>(program: HarnessProgram<A, B>, parallelism: number): CompiledHarness {
  const env = new StreamExecutionEnvironment({ executor: 'none' }).setParallelism(parallelism).setMaxParallelism(MAX_PARALLELISM);
  const input = <T>(name: string): DataStream<T> =>
    env.fromSource(new CollectionSource<T>([]), WatermarkStrategy.noWatermarks<T>(), name).uid(`harness-${name}`).disableChaining();
  const result = program(input<A>('first'), input<B>('second'));
  const graph = env.getStreamGraph('harness');
  const job = createJobGraph(graph, { defaultParallelism: parallelism, chainingEnabled: true });
  const vertices = job.graph.vertices.filter(({ inputCount }) => inputCount > 0);
  assert(vertices.length === 1, `the harness runs one chain of operators, the program makes ${vertices.length}: ${vertices.map(({ name }) => name).join(', ')}`);
  const [vertex] = vertices;
  assert(vertex.parallelism === parallelism, `the harness sets the parallelism, the program set ${vertex.parallelism}`);
  if (!(result instanceof SingleOutputStreamOperator)) return { job, vertex, outputIndex: undefined };
  const outputIndex = vertex.operators.findIndex(({ operatorId }) => job.nodes.get(operatorId)?.id === result.node.id);
  assert(outputIndex >= 0, 'the program returns the result of its last operator');
  return { job, vertex, outputIndex };
}
