/** Content type of `POST /lines`: newline-delimited lines. Nothing a web page's form may send, so none can slip lines in. */
export const LINES_CONTENT_TYPE = 'application/x-ndjson';

/** Header with an ID of the batch: a sender that got no answer sends it again, and it is stored once. */
export const BATCH_HEADER = 'x-onetrace-batch';
