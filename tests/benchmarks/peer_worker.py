"""One peer in its own environment: builds an index as that library's documentation does, and is asked (stdlib only).

Run by `tests.benchmarks.peers` as: python peer_worker.py PEER build|ask MODEL FOLDER. FOLDER has articles.jsonl and
questions.jsonl; what is measured is printed as one line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOP = 20  # passages that a peer is asked for; their articles are counted, each at its first passage
Search = Callable[[str], list[str]]


def documents(folder: Path) -> list[tuple[str, str]]:
    """(id, title and text) of each article."""
    lines = (folder / "articles.jsonl").read_text("utf-8").splitlines()
    return [(row["id"], f"{row['title']}\n\n{row['text']}") for row in map(json.loads, lines)]


def plain_build(model: str, folder: Path) -> None:
    """sentence-transformers, "Semantic Search", with an exact FAISS index: one vector for each article."""
    import faiss
    from sentence_transformers import SentenceTransformer

    ids, texts = zip(*documents(folder), strict=True)
    vectors = SentenceTransformer(model).encode(list(texts), normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "plain.faiss"))
    (folder / "plain.json").write_text(json.dumps(ids))


def plain_open(model: str, folder: Path) -> Search:
    import faiss
    from sentence_transformers import SentenceTransformer

    encoder, index = SentenceTransformer(model), faiss.read_index(str(folder / "plain.faiss"))
    ids = json.loads((folder / "plain.json").read_text())

    def search(question: str) -> list[str]:
        _, rows = index.search(encoder.encode([question], normalize_embeddings=True), TOP)
        return [ids[row] for row in rows[0] if row >= 0]

    return search


def txtai_build(model: str, folder: Path) -> None:
    """txtai, "Build an Embeddings index", with its hybrid of vectors and BM25: one row for each article."""
    from txtai import Embeddings

    embeddings = Embeddings(path=model, hybrid=True)
    embeddings.index(documents(folder))
    embeddings.save(str(folder / "txtai"))


def txtai_open(model: str, folder: Path) -> Search:
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(str(folder / "txtai"))
    return lambda question: [found[0] for found in embeddings.search(question, TOP)]


def langchain_build(model: str, folder: Path) -> None:
    """LangChain, "Build a semantic search engine": splitter of 1,000 characters with 200 in common, FAISS."""
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    whole = [Document(page_content=text, metadata={"id": own}) for own, text in documents(folder)]
    store = FAISS.from_documents(splitter.split_documents(whole), HuggingFaceEmbeddings(model_name=model))
    store.save_local(str(folder / "langchain"))


def langchain_open(model: str, folder: Path) -> Search:
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    store = FAISS.load_local(
        str(folder / "langchain"), HuggingFaceEmbeddings(model_name=model), allow_dangerous_deserialization=True
    )
    return lambda question: [found.metadata["id"] for found in store.similarity_search(question, k=TOP)]


def llama_index_build(model: str, folder: Path) -> None:
    """LlamaIndex, "Starter tutorial (local models)": VectorStoreIndex with its own splitter and store."""
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=model)
    whole = [Document(text=text, metadata={"id": own}) for own, text in documents(folder)]
    VectorStoreIndex.from_documents(whole).storage_context.persist(str(folder / "llama_index"))


def llama_index_open(model: str, folder: Path) -> Search:
    from llama_index.core import Settings, StorageContext, load_index_from_storage
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=model)
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder / "llama_index")))
    retriever = index.as_retriever(similarity_top_k=TOP)
    return lambda question: [found.node.metadata["id"] for found in retriever.retrieve(question)]


def haystack_build(model: str, folder: Path) -> None:
    """Haystack, "Preprocessing" and "Embedding retrieval": 200 words with 20 in common, in-memory document store."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=20)
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    for part in (splitter, embedder):
        part.warm_up()
    whole = [Document(content=text, meta={"id": own}) for own, text in documents(folder)]
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(splitter.run(whole)["documents"])["documents"])
    store.save_to_disk(str(folder / "haystack.json"))


def haystack_open(model: str, folder: Path) -> Search:
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

    store = InMemoryDocumentStore.load_from_disk(str(folder / "haystack.json"))
    embedder = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    retriever = InMemoryEmbeddingRetriever(store, top_k=TOP)

    def search(question: str) -> list[str]:
        found = retriever.run(query_embedding=embedder.run(question)["embedding"])["documents"]
        return [one.meta["id"] for one in found]

    return search


def ours_build(model: str, folder: Path) -> None:
    """This project: `python -m index build`."""
    from index.building.build import build

    build([folder / "articles.jsonl"], folder / "ours.index")


def ours_open(model: str, folder: Path) -> Search:
    from index import Index
    from qa import retrieve

    index = Index.open(folder / "ours.index")
    return lambda question: [found.article_id for found in retrieve(question, TOP, index=index, as_of="any")]


def without_reader_build(model: str, folder: Path) -> None:
    """The same index, under another name."""
    ours_build(model, folder)


def without_reader_open(model: str, folder: Path) -> Search:
    from index import Index
    from qa import retrieve

    index = Index.open(folder / "ours.index")
    return lambda question: [
        found.article_id for found in retrieve(question, TOP, index=index, as_of="any", reader=False)
    ]


def measured_build(peer: str, model: str, folder: Path) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    globals()[f"{peer}_build"](model, folder)
    return {"build_s": time.perf_counter() - began, "build_cpu_s": time.process_time() - cpu, "build_mb": peak_mb()}


def measured_ask(peer: str, model: str, folder: Path) -> dict[str, Any]:
    """Cold start is from the start of this process's work to the first answer, imports and model included."""
    asked = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    began, cpu = time.perf_counter(), time.process_time()
    search = globals()[f"{peer}_open"](model, folder)
    search(asked[0]["question"])
    cold, cold_cpu = time.perf_counter() - began, time.process_time() - cpu
    search("Is anything still to be loaded?")
    ranked, seconds, cpu_seconds = {}, [], []
    for row in asked:
        at, at_cpu = time.perf_counter(), time.process_time()
        found = search(row["question"])
        seconds.append(time.perf_counter() - at)
        cpu_seconds.append(time.process_time() - at_cpu)
        ranked[row["id"]] = list(dict.fromkeys(found))
    return {
        "cold_s": cold,
        "cold_cpu_s": cold_cpu,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "ranked": ranked,
        "ask_mb": peak_mb(),
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    name, phase, weights, place = sys.argv[1:]
    run = measured_build if phase == "build" else measured_ask
    print(json.dumps(run(name, weights, Path(place))))
