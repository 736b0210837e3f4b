/**
 * Node's threads. Each statement of the embedded engine takes one while it runs: an insert, the rollup, three readers. The default
 * of four would let readers keep an insert waiting. Imported before anything starts the first of them.
 */

// eslint-disable-next-line no-restricted-syntax -- nothing of ours reads it
process.env['UV_THREADPOOL_SIZE'] ??= '8'
