/** For `@weir/testing`'s operator harness and this lib's own tests: the parts of a task without its actor. */
export { openKeyedState } from './chain/open-keyed-state.js';
export { type ChainEnvironment, OperatorChain } from './chain/operator-chain.js';
export { loadRestored } from './chain/load-restored.js';
export { ChannelSender } from './channels/channel-sender.js';
export { InputChannel, InputGate } from './channels/input-gate.js';
export { DecodeMemory, FrameDecoder } from './channels/frame-decoder.js';
export { framesInFlight } from './channels/frames-in-flight.js';
export { InputProcessor, type InputProcessorEvents } from './channels/input-processor.js';
export type { PartitionEncoderOptions } from './channels/partition-encoder.js';
export { ResultPartition, type ResultPartitionOptions } from './channels/result-partition.js';
export { type Input, RecordContext } from './operators/operator.js';
export { ProcessingTimeService } from './time/processing-time.js';
