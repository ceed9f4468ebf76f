import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Mixes and LoRAs written as ordinary LoRA files")
struct LoRAExportTests {
  private let folder = Result { try TemporaryFolder() }
  private static func linears() throws -> [AdaptedLinear] { try AdaptedLinear.all(in: Tiny.config) { _ in true } }

  private func write(
    _ adapter: any Adapter, as dialect: LoRADialect, dtype: DType = .float32, metadata: SafetensorsMetadata = [:],
    for linears: [AdaptedLinear]? = nil, to name: String = "out.safetensors"
  ) throws -> (url: URL, export: LoRAExport) {
    let url = try folder.get()[name]
    let export = try LoRAExport(
      adapter, as: dialect, for: linears ?? Self.linears(), dtype: dtype, metadata: metadata)
    try export.write(to: url)
    return (url, export)
  }

  private func expectSame(
    _ left: any Adapter, _ right: any Adapter, within tolerance: Double = 1e-6,
    location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(left.layers == right.layers, sourceLocation: location)
    for path in left.layers.map(\.path) {
      let (a, b) = (try #require(left.weightDelta(path)), try #require(right.weightDelta(path)))
      #expect(a.distance(to: b) <= tolerance * max(1, b.magnitude().maximum().item()), "\(path)", sourceLocation: location)
    }
  }

  @Test("A written mix is the mix when it is read again, attached or fused", arguments: LoRADialect.allCases)
  func mix(_ dialect: LoRADialect) throws {
    try withTorchErrors {
      let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query(), strength: -0.7)
      let file = try LoRAFile(write(mix, as: dialect).url, for: Self.linears())
      #expect(file.unmatched.isEmpty && file.warnings.isEmpty && file.dtype == .float32)
      try expectSame(file.lora, mix)
      let transformer = try Tiny.transformer()
      let attached = try mix.attach(to: transformer.registry.deltas, mix.fit(transformer.registry))
      let expected = try Tiny.output(transformer)
      attached.takeOff()
      let base = try Tiny.output(transformer)
      let read = try file.lora.attach(to: transformer.registry.deltas, file.lora.fit(transformer.registry))
      #expect(try Tiny.output(transformer).distance(to: expected) < 1e-5)
      read.takeOff()
      let fused = try Tiny.transformer(FusedSource(Tiny.weights, adding: file.lora))
      #expect(try Tiny.output(fused).distance(to: expected) < 1e-5 && base.distance(to: expected) > 0.1)
    }
  }

  @Test("diffusers' dialect: A [N r, in], B [out, N r], in fp32, no alpha; recipe and licence in the metadata")
  func diffusers() throws {
    let mix = try withTorchErrors { Mix(basis: try Tiny.basis(), query: try Tiny.query()) }
    let (url, export) = try write(mix, as: .diffusers, metadata: ["recipe": "{}", "licence": "none"])
    let file = try SafetensorsFile(url)
    #expect(file.metadata == ["recipe": "{}", "licence": "none", "format": "pt"])
    #expect(export.matrices.allSatisfy { $0.rank == 6 && $0.paths.count == 1 })
    let expected = try AdaptedLinear.all(in: Tiny.config).flatMap { linear in
      [
        "transformer.\(linear.path).lora_A.weight [6, \(linear.inputs)] F32",
        "transformer.\(linear.path).lora_B.weight [\(linear.outputs), 6] F32",
      ]
    }
    #expect(
      Set(file.header.entries.map { "\($0.name) \($0.shape) \($0.dtype.safetensorsName)" }) == Set(expected)
        && file.names.count == 40)
  }

  @Test("Joined dialects: ranks of q, k, v and of a single block's MLP add up along the diagonal, alpha is the rank")
  func joined() throws {
    let mix = try withTorchErrors { Mix(basis: try Tiny.basis(), query: try Tiny.query()) }
    for (dialect, stem) in [
      (LoRADialect.kohya, "lora_unet_single_blocks_0_linear1"), (.comfyui, "diffusion_model.single_blocks.0.linear1"),
    ] {
      let (url, export) = try write(mix, as: dialect)
      let file = try SafetensorsFile(url)
      #expect(file.names.count == 39 && export.matrices.count == 13)
      #expect(file.header["\(stem).lora_down.weight"]?.shape == [24, 32])
      #expect(file.header["\(stem).lora_up.weight"]?.shape == [3 * 32 + 128, 24])
      #expect(try withTorchErrors { try file.tensor("\(stem).alpha").item() } == 24)
      let matrix = try #require(export.matrices.first { $0.name == stem })
      #expect(matrix.rank == 24 && matrix.paths.last == "single_transformer_blocks.0.proj_mlp")
      #expect(export.matrices.filter { $0.rank == 18 }.count == 2)
    }
  }

  @Test("What was read is written in any dialect and means the same", arguments: LoRASamples.names)
  func converted(_ name: String) throws {
    let lora = try LoRASamples.file(name).lora
    let linears = try LoRASamples.linears()
    for dialect in LoRADialect.allCases {
      let url = try write(lora, as: dialect, for: linears).url
      try withTorchErrors { try expectSame(LoRAFile(url, for: linears).lora, lora, within: 2e-6) }
    }
  }

  @Test("There and back: the same tensors, and from the second round on the same bytes", arguments: LoRASamples.names)
  func thereAndBack(_ name: String) throws {
    let linears = try LoRASamples.linears()
    let read = try LoRASamples.file(name)
    func round(_ lora: LoRA, _ dialect: LoRADialect, _ name: String) throws -> LoRA {
      try LoRAFile(write(lora, as: dialect, dtype: read.dtype, for: linears, to: name).url, for: linears).lora
    }
    var lora = try round(round(read.lora, .diffusers, "d0"), .kohya, "k0")
    for n in 1...2 { lora = try round(round(lora, .diffusers, "d\(n)"), .kohya, "k\(n)") }
    let folder = try folder.get()
    for kind in ["d", "k"] {
      #expect(try Data(contentsOf: folder["\(kind)1"]) == Data(contentsOf: folder["\(kind)2"]))
      let (first, second) = (try SafetensorsFile(folder["\(kind)0"]), try SafetensorsFile(folder["\(kind)1"]))
      #expect(first.header.entries.map { "\($0.name)\($0.shape)" } == second.header.entries.map { "\($0.name)\($0.shape)" })
    }
  }

  @Test("LoRAs that share A keep one A when they are joined; a linear that isn't changed stays so")
  func shared() throws {
    let lora = try LoRASamples.file("kohya").lora
    let linears = try LoRASamples.linears()
    let all = try LoRAExport(lora, as: .kohya, for: linears)
    #expect(all.matrices.allSatisfy { $0.rank == 3 })
    let path = "transformer_blocks.0.attn.to_v"
    let alone = try LoRA([path: #require(lora.matrices[path])], location: "alone")
    let url = try write(alone, as: .kohya, for: linears).url
    try withTorchErrors { try expectSame(LoRAFile(url, for: linears).lora, alone) }
  }

  @Test("Where ranks differ diffusers' dialect has alphas too, each its rank")
  func differentRanks() throws {
    let linears = try LoRASamples.linears()
    let (many, few) = (try LoRASamples.file("kohya").lora.matrices, try LoRASamples.file("fal").lora.matrices)
    let (q, k) = ("transformer_blocks.0.attn.to_q", "transformer_blocks.0.attn.to_k")
    let lora = try LoRA([q: #require(many[q]), k: #require(few[k])], location: "both")
    let file = try SafetensorsFile(write(lora, as: .diffusers, for: linears).url)
    try withTorchErrors {
      let alphas = try [q, k].map { try file.tensor("transformer.\($0).alpha").item() }
      #expect(alphas == [3, 2])
      try expectSame(LoRAFile(file.url, for: linears).lora, lora)
    }
  }

  @Test("Another type is rounded to once")
  func types() throws {
    try withTorchErrors {
      let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query(), strength: 0.3)
      for dtype in [DType.bfloat16, .float16] {
        let file = try LoRAFile(write(mix, as: .diffusers, dtype: dtype).url, for: Self.linears())
        let (found, exact) = (try #require(file.lora.matrices[Tiny.layer]), try #require(mix.lowRank(Tiny.layer)))
        #expect(file.dtype == dtype && found.up.distance(to: exact.up.to(dtype)) == 0)
        #expect(found.down.distance(to: exact.down.to(dtype)) == 0)
        let delta = try #require(file.lora.deltas()[Tiny.layer])
        let x = Tensor.ones([1, 32])
        let sum = delta.add(to: .zeros([1, 32]), input: x)
        #expect(try sum.distance(to: x.linear(#require(mix.weightDelta(Tiny.layer)))) < 0.2)
      }
    }
  }

  @Test("A truncated LoRA is the nearest of its rank, and the lost energy is the rest of the singular values'")
  func truncated() throws {
    try withTorchErrors {
      let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
      let (lora, lost) = try mix.truncated(toRank: 2)
      #expect(lora.layers == mix.layers && Set(lost.keys) == Set(lora.layers.map(\.path)))
      for path in lora.layers.map(\.path) {
        let delta = try #require(mix.weightDelta(path)).to(.float64)
        let energies: [Double] = delta.singularValues().values.power(2).array()
        let share = energies.dropFirst(2).reduce(0, +) / energies.reduce(0, +)
        #expect(try abs(#require(lost[path]) - share) < 1e-5 && share > 0.01, "\(path)")
        let rest = try (delta - #require(lora.weightDelta(path)).to(.float64)).power(2).sum().item()
        #expect(abs(rest / energies.reduce(0, +) - share) < 1e-5, "\(path)")
        #expect(lora.matrices[path]?.rank == 2)
      }
      let whole = try mix.truncated(toRank: 6)
      #expect(whole.lost.values.allSatisfy { $0 == 0 })
      try expectSame(whole.lora, mix)
      let nearly = try mix.truncated(toRank: 5)
      #expect(nearly.lost.values.allSatisfy { $0 > 0 && $0 < 0.2 })
    }
    expectLoRARefusal(.notWritable, "rank 0") { _ = try LoRASamples.file("fal").lora.truncated(toRank: 0) }
  }

  @Test("Several b's make the mean of their coefficients, with how far apart they were")
  func averaged() throws {
    try withTorchErrors {
      let basis = try Tiny.basis()
      let mix = Mix(basis: basis, query: try Tiny.query(batch: 3), strength: 0.5)
      let (mean, spread) = mix.averaged()
      let c = try #require(mix.coefficients[Tiny.layer])
      #expect(try #require(mean.coefficients[Tiny.layer]).distance(to: c.mean(over: [0], keeping: true)) < 1e-7)
      #expect(spread > 0.05 && spread < 2 && mean.strength == 0.5)
      let one = Mix(basis: basis, query: try Tiny.query()).averaged()
      #expect(one.spread == 0)
      try expectSame(one.mix, Mix(basis: basis, query: try Tiny.query()))
    }
  }

  @Test("What can't be written is refused before a file is there")
  func refusals() throws {
    let lora = try LoRASamples.file("fal").lora
    let linears = try LoRASamples.linears()
    expectLoRARefusal(.notWritable, "float8_e4m3fn") { _ = try write(lora, as: .kohya, dtype: .float8E4M3, for: linears) }
    expectLoRARefusal(.notWritable, "proj_out is made for [4, 6]", "[8, 32]") { _ = try write(lora, as: .diffusers) }
    expectLoRARefusal(.notWritable, "nothing to write") {
      _ = try write(LoRA([:], location: "empty"), as: .kohya, for: linears)
    }
    let odd = try withTorchErrors {
      try LoRA(["other": LoRA.Layer(down: .ones([1, 2]), up: .ones([2, 1]))], location: "odd")
    }
    expectLoRARefusal(.notWritable, "other has no name") { _ = try write(odd, as: .comfyui, for: linears) }
    let batch = try withTorchErrors { Mix(basis: try Tiny.basis(), query: try Tiny.query(batch: 2)) }
    expectRefusal("2 samples") { _ = try write(batch, as: .diffusers) }
    #expect(try folder.get().contents.isEmpty)
  }
}
