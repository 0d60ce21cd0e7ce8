"""The index on a Milvus server, or in a file of Milvus Lite: written by `build`, answered by `MilvusIndex`."""
