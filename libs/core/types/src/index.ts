export { sameDescription } from './type-information.js';
export type {
  ColumnarCodec,
  FallbackCounted,
  FieldDescription,
  Infer,
  ScalarKind,
  TypeDescription,
  TypeInformation,
  TypeSerializer,
} from './type-information.js';

export { types } from './types.js';
export type { JsonValue } from './scalar-types.js';
export type { RowFields, RowOf, TupleOf } from './composite-types.js';
export { typeFromDescription } from './type-description.js';
export { inferType } from './infer-type.js';
export { InferredShapeSerializer, InferredType } from './inferred-shape.js';

export { decodeKey, encodeKey } from './key-bytes.js';
export { canonicalKeyString, keyHash } from './key-hash.js';
export { ownedString } from './text.js';

export { copyMessage } from './copy-message.js';
export { decodeMessage, encodeMessage } from './message-pack.js';
export { MESSAGE_LIMITS } from './plain-walk.js';
export { type UnserializablePart, unserializablePart } from './unserializable-part.js';
export { decodeWireMessage, encodeWireMessage } from './wire-message.js';

export { InvalidTypeError, MessageRefusedError, RecordShapeError, UnsupportedKeyError } from './errors.js';
