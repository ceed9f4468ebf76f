import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Ordinary LoRAs, dialect by dialect")
struct LoRADialectTests {
  @Test("What a file adds to each linear is what diffusers' loader adds", arguments: LoRASamples.names)
  func deltas(_ name: String) throws {
    let lora = try LoRASamples.file(name).lora
    try withTorchErrors {
      let expected = try LoRASamples.deltas(name)
      #expect(lora.layers.map(\.path) == expected.keys.sorted())
      for (path, delta) in expected {
        let found = try #require(lora.weightDelta(path))
        let size = Double(delta.magnitude().maximum().item())
        #expect(size > 0.1 && found.distance(to: delta) <= 2e-6 * max(1, size), "\(path)")
      }
    }
  }

  @Test("A joined matrix gives each linear all its ranks, or those of its block where it is block-diagonal")
  func ranks() throws {
    func ranks(_ name: String) throws -> [Int] {
      let matrices = try LoRASamples.file(name).lora.matrices
      return ["to_q", "to_k", "to_v"].map { matrices["transformer_blocks.0.attn.\($0)"]?.rank ?? 0 }
        + ["attn.to_q", "proj_mlp"].map { matrices["single_transformer_blocks.0.\($0)"]?.rank ?? 0 }
    }
    #expect(try ranks("kohya") == [3, 3, 3, 3, 3])
    #expect(try ranks("kohya_diagonal") == [3, 3, 3, 3, 3])
  }

  @Test("Keys are counted, and what is left out is said")
  func report() throws {
    let file = try LoRASamples.file("kohya")
    #expect(file.matched == 39 && file.unmatched.isEmpty && file.leftOut == [.textEncoders: 3])
    #expect(file.warnings.count == 1 && file.warnings[0].contains("3 tensors for text encoders are left out"))
    #expect(file.dtype == .float16)
    let plain = try LoRASamples.file("comfyui")
    #expect(plain.matched == 39 && plain.leftOut.isEmpty && plain.warnings.isEmpty, "zeros aren't left out")
  }

  @Test("Keys of no linear are told when others match")
  func unmatched() throws {
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder) { tensors in
      tensors["transformer.transformer_blocks.7.attn.to_q.lora_A.weight"] = .ones([2, 6])
      tensors["lora_unet_double_blocks_0_img_attn_proj.alpha"] = .ones([])
    }
    let file = try LoRAFile(url, for: LoRASamples.linears())
    #expect(file.matched == 2 && file.unmatched.count == 2)
    #expect(file.warnings.count == 1 && file.warnings[0].contains("2 of 4 keys") && file.warnings[0].contains("blocks.7"))
  }

  @Test("The names of kohya and `.default.` are read for linears outside the blocks too; halves of the last norm are swapped")
  func ends() throws {
    let folder = try TemporaryFolder()
    try withTorchErrors {
      let (a, b) = (Tensor.ones([1, 6]), Tensor(Array(stride(from: Float(0), to: 12, by: 1)), shape: [12, 1]))
      let url = try LoRASamples.written(in: folder) { tensors in
        tensors = [
          "lora_unet_final_layer_adaLN_modulation_1.lora_down.weight": a,
          "lora_unet_final_layer_adaLN_modulation_1.lora_up.weight": b,
          "transformer.x_embedder.lora_A.default.weight": .ones([1, 4]),
          "transformer.x_embedder.lora_B.default.weight": .ones([6, 1]),
        ]
      }
      let lora = try LoRAFile(url, for: LoRASamples.linears()).lora
      #expect(lora.layers.map(\.path) == ["norm_out.linear", "x_embedder"])
      let column: [Float] = try #require(lora.weightDelta("norm_out.linear")).narrowed(1, from: 0, count: 1).array()
      #expect(column == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    }
  }

  @Test(
    "The scale is alpha / R: of the pair's key, else of PEFT's settings, else of kohya's entry for kohya's names, else 1",
    arguments: [
      (["lora_adapter_metadata": #"{"transformer.lora_alpha": 8}"#], 4.0),
      (["lora_adapter_metadata": #"{"r": 2, "lora_alpha": 8, "use_rslora": true}"#], 8 / 2.0.squareRoot()),
      (["lora_adapter_metadata": #"{"lora_alpha": 8, "alpha_pattern": {"to_q": 6, "to_k": 1}}"#], 3),
      (["lora_adapter_metadata": #"{"lora_alpha": 8, "alpha_pattern": {"^to_q": 6}}"#], 4),
      (["lora_adapter_metadata": #"{"lora_alpha": 8, "alpha_pattern": {"^transformer_blocks.0.attn.to_q": 6}}"#], 3),
      (["lora_adapter_metadata": #"{"text_encoder.lora_alpha": 8, "transformer.lora_alpha": null}"#], 1),
      (["ss_network_alpha": "8"], 1),
    ] as [([String: String], Double)])
  func scales(_ metadata: [String: String], _ scale: Double) throws {
    let folder = try TemporaryFolder()
    let entries = SafetensorsMetadata(metadata.map { (key: $0, value: $1) })
    let url = try LoRASamples.written(in: folder, metadata: entries) { _ in }
    #expect(try LoRAFile(url, for: LoRASamples.linears()).lora.matrices[LoRASamples.path]?.scale == scale)
    let own = try LoRASamples.written(in: folder, metadata: entries) { $0["\(LoRASamples.key).alpha"] = .full([], 5) }
    #expect(try LoRAFile(own, for: LoRASamples.linears()).lora.matrices[LoRASamples.path]?.scale == 2.5)
    let kohya = try LoRASamples.written(in: folder, metadata: entries) { tensors in
      tensors = tensors.reduce(into: [:]) {
        $0[$1.key.replacing("lora_A", with: "lora_down").replacing("lora_B", with: "lora_up")] = $1.value
      }
    }
    let expected = metadata["ss_network_alpha"] == nil ? 1.0 : 4
    #expect(try LoRAFile(kohya, for: LoRASamples.linears()).lora.matrices[LoRASamples.path]?.scale == expected)
  }

  @Test("Matrices in fp8 or fp64 are read in fp32", arguments: [DType.float8E4M3, .float8E5M2, .float64])
  func otherTypes(_ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder) { $0 = $0.mapValues { $0.to(dtype) } }
    let file = try LoRAFile(url, for: LoRASamples.linears())
    #expect(file.dtype == .float32 && file.lora.matrices[LoRASamples.path]?.up.dtype == .float32)
  }

  @Test("An untrained LoRA says that it changes nothing")
  func silent() throws {
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder) { $0["\(LoRASamples.key).lora_B.weight"] = .zeros([6, 2]) }
    #expect(try LoRAFile(url, for: LoRASamples.linears()).warnings.contains { $0.contains("untrained") })
  }

  @Test("Kontext's own files: every joined matrix of the 19 and 38 blocks is found by kohya's name, in its sizes")
  func kontext() throws {
    let linears = try AdaptedLinear.all(in: FluxConfig()) { _ in true }
    #expect(linears.count == 504)
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder) { tensors in
      tensors = [:]
      for (name, rows, columns) in [
        ("double_blocks_18_txt_attn_qkv", 9216, 3072), ("single_blocks_37_linear1", 21504, 3072),
        ("single_blocks_0_linear2", 3072, 15360),
      ] {
        tensors["lora_unet_\(name).lora_down.weight"] = .ones([1, columns])
        tensors["lora_unet_\(name).lora_up.weight"] = .ones([rows, 1])
      }
    }
    let lora = try LoRAFile(url, for: linears).lora
    #expect(lora.layers.count == 8)
    #expect(
      lora.layers.contains(AdaptedLinear(path: "single_transformer_blocks.37.proj_mlp", inputs: 3072, outputs: 12288)))
  }
}
