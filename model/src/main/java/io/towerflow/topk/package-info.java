/** Exact top-K search over the candidates of a shard, and the merge of the shards' lists. */
package io.towerflow.topk;
