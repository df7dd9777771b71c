/** Of the S3 client what blobs need. Loaded on first use: a bundle of its own (scripts/bundle.ts). */
export {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
