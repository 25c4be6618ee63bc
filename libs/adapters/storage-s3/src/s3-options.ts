/** Settings of S3-protocol stores, by Flink's names. */
import { type Configuration, configOption } from '@weir/base';

export const s3Options = {
  endpoint: configOption.string('s3.endpoint', '', 'Address of an S3-protocol server; empty: that of the region at AWS.'),
  region: configOption.string('s3.endpoint.region', '', 'Region that requests to S3 are signed for; empty: AWS_REGION of the environment, else us-east-1.'),
  pathStyleAccess: configOption.boolean('s3.path.style.access', false, 'Whether the bucket is in the path of an S3 address rather than in its host name; most servers other than AWS need it.'),
  accessKey: configOption.string('s3.access-key', '', 'Access key of S3; empty: from the environment, the shared credentials file or the role of the machine.'),
  secretKey: configOption.string('s3.secret-key', '', 'Secret of the access key of S3.'),
};

export interface S3Settings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly pathStyleAccess?: boolean;
  /** Default: what the environment, the shared credentials file or the role of the machine give. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function s3Settings(configuration: Configuration): S3Settings {
  const [endpoint, region, accessKeyId] = [s3Options.endpoint, s3Options.region, s3Options.accessKey].map((option) => configuration.get(option));
  return {
    pathStyleAccess: configuration.get(s3Options.pathStyleAccess),
    ...(endpoint === '' ? {} : { endpoint }),
    ...(region === '' ? {} : { region }),
    ...(accessKeyId === '' ? {} : { credentials: { accessKeyId, secretAccessKey: configuration.get(s3Options.secretKey) } }),
  };
}
