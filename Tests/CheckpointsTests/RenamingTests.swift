import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch
import Testing

/// Layouts that fuse, cut and swap rows, told by rules.
@Suite("Renaming rules")
struct RenamingTests {
  /// A source in memory.
  private struct Held: WeightSource {
    let tensors: [String: Tensor]
    var location: String { "memory" }
    var names: [String]? { tensors.keys.sorted() }
    func shape(of name: String) -> [Int]? { tensors[name]?.shape }
    func tensor(_ request: WeightRequest) throws -> Tensor { try #require(tensors[request.name]) }
  }

  /// One double-stream block's attention as other tools write it, and a fused first linear, and an output with swapped halves.
  static let rules: [RenamingRule] =
    ["q", "k", "v"].enumerated().flatMap { index, name in
      ["weight", "bias"].map { kind in
        RenamingRule("blocks.*.to_\(name).\(kind)", [RenamingRule.Rows("layers.*.qkv.\(kind)", index..<index + 1, of: 7)])
      }
    }
    + ["weight", "bias"].flatMap { kind in
      [
        RenamingRule("blocks.*.mlp.\(kind)", [RenamingRule.Rows("layers.*.qkv.\(kind)", 3..<7, of: 7)]),
        RenamingRule(
          "out.\(kind)",
          [RenamingRule.Rows("final.\(kind)", 1..<2, of: 2), RenamingRule.Rows("final.\(kind)", 0..<1, of: 2)]),
      ]
    } + [RenamingRule("joined", [RenamingRule.Rows("part.a"), RenamingRule.Rows("part.b")])]

  private func model() throws -> [String: Tensor] {
    let generator = try Generator(seed: 1)
    var tensors: [String: Tensor] = ["joined": .randn([5, 2], generator: generator)]
    for block in 0..<2 {
      for (name, rows) in [("to_q", 3), ("to_k", 3), ("to_v", 3), ("mlp", 12)] {
        tensors["blocks.\(block).\(name).weight"] = .randn([rows, 4], generator: generator)
        tensors["blocks.\(block).\(name).bias"] = .randn([rows], generator: generator)
      }
    }
    tensors["out.weight"] = .randn([6, 4], generator: generator)
    tensors["out.bias"] = .randn([6], generator: generator)
    return tensors
  }

  private func fused(_ model: [String: Tensor]) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for kind in ["weight", "bias"] {
      for block in 0..<2 {
        let parts = try ["to_q", "to_k", "to_v", "mlp"].map { try #require(model["blocks.\(block).\($0).\(kind)"]) }
        tensors["layers.\(block).qkv.\(kind)"] = concatenated(parts, along: 0)
      }
      let out = try #require(model["out.\(kind)"])
      tensors["final.\(kind)"] = concatenated(
        [out.narrowed(0, from: 3, count: 3), out.narrowed(0, from: 0, count: 3)], along: 0)
    }
    let joined = try #require(model["joined"])
    tensors["part.a"] = joined.narrowed(0, from: 0, count: 2)
    tensors["part.b"] = joined.narrowed(0, from: 2, count: 3)
    return tensors
  }

  @Test("A model written with fused and swapped rows reads back equal, and nothing is left over")
  func readsBack() throws {
    try withTorchErrors {
      let model = try model()
      let source = try RenamedSource(Held(tensors: fused(model)), rules: Self.rules)
      #expect(source.names?.sorted() == model.keys.sorted())
      for (name, expected) in model {
        #expect(source.shape(of: name) == expected.shape, "\(name)")
        let found = try source.tensor(WeightRequest(name: name, shape: expected.shape, initial: .zeros))
        #expect(found.distance(to: expected) == 0, "\(name)")
      }
    }
  }

  @Test("Rows that no rule takes are reported under the source's own name; a piece that is missing has no shape")
  func leftOver() throws {
    try withTorchErrors {
      var tensors = try fused(model())
      tensors["part.b"] = nil
      tensors["stranger"] = .zeros([2])
      let onlyQ = try RenamedSource(Held(tensors: tensors), rules: [Self.rules[0], try #require(Self.rules.last)])
      #expect(onlyQ.names?.contains("blocks.1.to_q.weight") == true)
      for name in ["layers.0.qkv.weight", "layers.0.qkv.bias", "stranger"] {
        #expect(onlyQ.names?.contains(name) == true, "\(name)")
      }
      #expect(onlyQ.shape(of: "joined") == nil)
      let asked = [WeightRequest(name: "blocks.0.to_q.weight", shape: [3, 4], initial: .zeros)]
      #expect(LoadReport(asked: asked, source: onlyQ).unused.contains("stranger"))
    }
  }

  @Test("Rows that can't be dealt equally, and another shape than asked for, are refused")
  func unequal() throws {
    try withTorchErrors {
      let source = try RenamedSource(
        Held(tensors: ["all": .zeros([5, 2])]), rules: [RenamingRule("half", [RenamingRule.Rows("all", 0..<1, of: 2)])])
      #expect(source.shape(of: "half") == nil)
      #expect(throws: CheckpointError.self) {
        _ = try source.tensor(WeightRequest(name: "half", shape: [2, 2], initial: .zeros))
      }
      let whole = try RenamedSource(Held(tensors: ["all": .zeros([4, 2])]), rules: [RenamingRule("**", from: "**")])
      #expect(throws: ModelError.self) { _ = try whole.tensor(WeightRequest(name: "all", shape: [2, 2], initial: .zeros)) }
    }
  }
}
