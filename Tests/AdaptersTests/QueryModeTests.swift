import LoRWeBAdapters
import LoRWeBTorch
import Testing

@Suite("Query modes")
struct QueryModeTests {
  @Test("Each mode looks at its pictures, in its order")
  func views() throws {
    let expected: [String: [QueryMode.View]] = [
      "cat-aa'b": [.a, .aPrime, .b], "ca'-ca": [.a, .aPrime], "ca'-ca+cb": [.a, .aPrime, .b], "aa'bb'": [.canvas],
      "caa'bb'": [.canvas], "caa'b": [.canvasWithoutLast], "caa'": [.topRow],
    ]
    #expect(QueryMode.allCases.count == expected.count)
    for (name, views) in expected { #expect(try QueryMode(named: name).views == views) }
  }

  @Test("Each mode makes its query of the embeddings")
  func arithmetic() throws {
    try withTorchErrors { () throws in
      let e: [[Float]] = [[1, 2], [10, 30], [500, 700]]
      func query(_ name: String) throws -> [Float] {
        let mode = try QueryMode(named: name)
        let found = mode.query(from: Tensor(e.prefix(mode.views.count).flatMap(\.self), shape: [mode.views.count, 2]))
        #expect(found.shape == [1, mode.queryWidth(embedding: 2)])
        return found.array()
      }
      #expect(try query("cat-aa'b") == [1, 2, 10, 30, 500, 700])
      #expect(try query("ca'-ca") == [9, 28])
      #expect(try query("ca'-ca+cb") == [509, 728])
      for name in ["aa'bb'", "caa'bb'", "caa'b", "caa'"] { #expect(try query(name) == [1, 2]) }
    }
  }

  @Test("Widths of query and embedding belong together")
  func widths() {
    #expect(QueryMode.concatenated.queryWidth(embedding: 768) == 2304)
    #expect(QueryMode.concatenated.embeddingWidth(query: 2304) == 768)
    #expect(QueryMode.concatenated.embeddingWidth(query: 1024) == nil)
    for mode in QueryMode.allCases where mode != .concatenated {
      #expect(mode.queryWidth(embedding: 1152) == 1152 && mode.embeddingWidth(query: 1152) == 1152)
    }
  }

  @Test("Patch-token modes are refused by name and reason", arguments: ["paa'bb'", "pa'-pa", "cat-paa'b", "pa'-pa+pb"])
  func patchTokens(name: String) {
    expectRefusal("\"\(name)\"", "patch-token", "cat-aa'b") { _ = try QueryMode(named: name) }
  }

  @Test("Other names are refused without that reason", arguments: ["", "cat", "CAT-AA'B", "cat-aa′b"])
  func unknown(name: String) {
    expectRefusal("\"\(name)\"", "ca'-ca+cb") { _ = try QueryMode(named: name) }
    #expect(!AdapterError.unknownQueryMode(name).description.contains("patch"))
  }
}
