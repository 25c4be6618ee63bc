/**
 * The dozen requests to S3 that a {@link FileStore} needs; the SDK is loaded with the first of them, so that a job on local disks never pays for it.
 *
 *  A1  a conditional write is sent once: if its answer is lost, a second try would meet the first one's object and call it somebody else's;
 *  A2  requests that may be repeated are, as the SDK sees fit (three times, with growing pauses).
 */
import type { CompletedPart, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type * as Sdk from './sdk.js';
import type { S3Location } from './s3-location.js';
import { isMissing, statusOf } from './s3-failure.js';
import type { S3Settings } from './s3-options.js';

const CONNECTION_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 60_000;
const DEFAULT_REGION = 'us-east-1';
const DELETES_A_REQUEST = 1000;

interface Connected {
  readonly sdk: typeof Sdk;
  readonly repeating: S3Client;
  /** A1 */
  readonly once: S3Client;
}

export interface S3Object {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface S3Listing {
  readonly objects: readonly S3Object[];
  /** Common prefixes, with their slash; only where a listing stops at slashes. */
  readonly prefixes: readonly string[];
}

export class S3Api {
  private connected: Promise<Connected> | undefined;

  constructor(private readonly settings: S3Settings) {}

  /** Undefined when there is no such object. */
  async head({ bucket, key }: S3Location): Promise<S3Object | undefined> {
    const { sdk, repeating } = await this.connect();
    try {
      const found = await repeating.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { key, sizeBytes: found.ContentLength ?? 0, modifiedMs: found.LastModified?.getTime() ?? 0 };
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Bytes `[from, to)`; undefined when there is no such object. */
  async get({ bucket, key }: S3Location, from = 0, to = Infinity): Promise<Uint8Array | undefined> {
    const { sdk, repeating } = await this.connect();
    const range = from === 0 && to === Infinity ? {} : { Range: `bytes=${from}-${to === Infinity ? '' : to - 1}` };
    try {
      const { Body } = await repeating.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...range }));
      return Body === undefined ? new Uint8Array(0) : await Body.transformToByteArray();
    } catch (thrown) {
      if (statusOf(thrown) === 416) return new Uint8Array(0); // the range begins behind the end
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  async put({ bucket, key }: S3Location, bytes: Uint8Array): Promise<void> {
    const { sdk, repeating } = await this.connect();
    await repeating.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  }

  /** Fails with status 412 when there is such an object. */
  async putIfAbsent({ bucket, key }: S3Location, bytes: Uint8Array): Promise<void> {
    const { sdk, once } = await this.connect();
    await once.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' }));
  }

  /** Keys that start with `prefix`; with `delimited`, those without a further slash, and the prefixes of the others. */
  async list(bucket: string, prefix: string, delimited: boolean): Promise<S3Listing> {
    const objects: S3Object[] = [];
    const prefixes: string[] = [];
    for (let token: string | undefined; ;) {
      const page = await this.page(bucket, prefix, delimited ? '/' : undefined, token);
      objects.push(...page.objects);
      prefixes.push(...page.prefixes);
      if (page.next === undefined) return { objects, prefixes };
      token = page.next;
    }
  }

  async hasAny(bucket: string, prefix: string): Promise<boolean> {
    return (await this.page(bucket, prefix, undefined, undefined, 1)).objects.length > 0;
  }

  async copy(from: S3Location, to: S3Location): Promise<void> {
    const { sdk, repeating } = await this.connect();
    const source = `${from.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`;
    await repeating.send(new sdk.CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource: source }));
  }

  async remove({ bucket, key }: S3Location): Promise<void> {
    const { sdk, repeating } = await this.connect();
    await repeating.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async removeAll(bucket: string, keys: readonly string[]): Promise<void> {
    const { sdk, repeating } = await this.connect();
    for (let at = 0; at < keys.length; at += DELETES_A_REQUEST) {
      const Objects = keys.slice(at, at + DELETES_A_REQUEST).map((Key) => ({ Key }));
      const { Errors } = await repeating.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
      if (Errors !== undefined && Errors.length > 0) throw new Error(`${Errors.length} objects were not removed, ${Errors[0].Key} because of ${Errors[0].Code}: ${Errors[0].Message}`);
    }
  }

  async beginUpload({ bucket, key }: S3Location): Promise<string> {
    const { sdk, repeating } = await this.connect();
    const { UploadId } = await repeating.send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    return UploadId as string;
  }

  /** Parts count from 1; all but the last have at least 5 MiB. */
  async uploadPart({ bucket, key }: S3Location, upload: string, number: number, bytes: Uint8Array): Promise<CompletedPart> {
    const { sdk, repeating } = await this.connect();
    const { ETag } = await repeating.send(new sdk.UploadPartCommand({ Bucket: bucket, Key: key, UploadId: upload, PartNumber: number, Body: bytes }));
    return { ETag, PartNumber: number };
  }

  /** Fails with status 412 when there is such an object by now. */
  async completeUpload({ bucket, key }: S3Location, upload: string, parts: readonly CompletedPart[]): Promise<void> {
    const { sdk, once } = await this.connect();
    await once.send(new sdk.CompleteMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: upload, MultipartUpload: { Parts: [...parts] }, IfNoneMatch: '*' }));
  }

  async abortUpload({ bucket, key }: S3Location, upload: string): Promise<void> {
    const { sdk, repeating } = await this.connect();
    await repeating.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: upload }));
  }

  private async page(bucket: string, prefix: string, delimiter?: string, token?: string, atMost?: number): Promise<S3Listing & { readonly next?: string }> {
    const { sdk, repeating } = await this.connect();
    const { Contents, CommonPrefixes, NextContinuationToken } = await repeating.send(new sdk.ListObjectsV2Command({
      Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token, MaxKeys: atMost,
    }));
    return {
      objects: (Contents ?? []).map(({ Key, Size, LastModified }) => ({ key: Key as string, sizeBytes: Size ?? 0, modifiedMs: LastModified?.getTime() ?? 0 })),
      prefixes: (CommonPrefixes ?? []).map(({ Prefix }) => Prefix as string),
      ...(NextContinuationToken === undefined ? {} : { next: NextContinuationToken }),
    };
  }

  private connect(): Promise<Connected> {
    return (this.connected ??= import('./sdk.js').then((sdk) => {
      const { endpoint, region, pathStyleAccess, credentials } = this.settings;
      const config: S3ClientConfig = {
        region: region ?? (process.env.AWS_REGION === undefined || process.env.AWS_REGION === '' ? DEFAULT_REGION : process.env.AWS_REGION),
        forcePathStyle: pathStyleAccess ?? false,
        requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED', // servers other than AWS' know no others
        requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(credentials === undefined ? {} : { credentials }),
      };
      return { sdk, repeating: new sdk.S3Client(config), once: new sdk.S3Client({ ...config, maxAttempts: 1 }) };
    }));
  }
}
