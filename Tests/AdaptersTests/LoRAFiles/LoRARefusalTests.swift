import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("LoRA files that are refused")
struct LoRARefusalTests {
  private func open(
    _ metadata: SafetensorsMetadata = [:], leavingOut: Set<LoRAFile.LeftOut> = [],
    _ change: (inout [String: Tensor]) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder, metadata: metadata, change)
    _ = try LoRAFile(url, for: LoRASamples.linears(), leavingOut: leavingOut)
  }

  @Test(
    "Other adapters than plain LoRAs are named",
    arguments: [
      ("double_blocks.0.processor.qkv_lora1.down.weight", "XLabs"),
      ("lora_unet_double_blocks_0_img_attn_qkv.lokr_w1", "LoKr"),
      ("lora_unet_double_blocks_0_img_attn_qkv.hada_w1_a", "LoHa"),
      ("lora_unet_double_blocks_0_img_attn_qkv.dora_scale", "DoRA"),
      ("transformer.transformer_blocks.0.attn.to_q.lora_magnitude_vector.weight", "DoRA"),
      ("lora_unet_double_blocks_0_img_attn_qkv.oft_diag", "another kind"),
      ("transformer.transformer_blocks.0.attn.to_q.lora_keys", "basis"),
    ])
  func otherKinds(_ key: String, _ word: String) throws {
    expectLoRARefusal(.unsupported, word, key) { try open { $0[key] = .ones([6, 6]) } }
  }

  @Test("A basis of ours is no LoRA")
  func basis() throws {
    let folder = try TemporaryFolder()
    let url = try Published.write(to: folder["basis.safetensors"])
    expectLoRARefusal(.unsupported, "a LoRWeB basis", "use it as a basis") {
      _ = try LoRAFile(url, for: LoRASamples.linears())
    }
  }

  @Test("A file of which nothing matches names some keys")
  func nothingMatches() throws {
    expectLoRARefusal(.nothingMatches, "lora_unet_down_blocks_1_attentions_0_proj_in", "FLUX.1") {
      try open {
        $0 = [
          "lora_unet_down_blocks_1_attentions_0_proj_in.lora_down.weight": .ones([2, 6]),
          "lora_unet_down_blocks_1_attentions_0_proj_in.lora_up.weight": .ones([6, 2]),
        ]
      }
    }
    expectLoRARefusal(.nothingMatches, "it is empty") { try open { $0 = [:] } }
  }

  @Test("Half a pair and two of one are refused")
  func pairs() throws {
    let key = LoRASamples.key
    expectLoRARefusal(.unpaired, "\(key).lora_A.weight", "without its up matrix") {
      try open { $0["\(key).lora_B.weight"] = nil }
    }
    expectLoRARefusal(.unpaired, "\(key).lora_B.weight", "without its down matrix") {
      try open { $0["\(key).lora_A.weight"] = nil }
    }
    expectLoRARefusal(.unpaired, "one place") { try open { $0["\(key).lora_A.default.weight"] = .ones([2, 6]) } }
    expectLoRARefusal(.unpaired, "to_q is changed twice") {
      try open {
        $0["lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight"] = .ones([2, 6])
        $0["lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight"] = .ones([18, 2])
      }
    }
  }

  @Test("Tensors that can't be what their names say")
  func tensors() throws {
    let (a, b, alpha) = ("\(LoRASamples.key).lora_A.weight", "\(LoRASamples.key).lora_B.weight", "\(LoRASamples.key).alpha")
    expectLoRARefusal(.badTensor, a, "[2, 7]", "[R, 6]") { try open { $0[a] = .ones([2, 7]) } }
    expectLoRARefusal(.badTensor, b, "[5, 2]", "[6, 2]") { try open { $0[b] = .ones([5, 2]) } }
    expectLoRARefusal(.badTensor, b, "[6, 3]", "[6, 2]") { try open { $0[b] = .ones([6, 3]) } }
    expectLoRARefusal(.badTensor, a, "a matrix") { try open { $0[a] = .ones([2, 6, 1, 1]) } }
    expectLoRARefusal(.badTensor, a, "a matrix") { try open { $0[a] = .ones([0, 6]) } }
    expectLoRARefusal(.badTensor, a, "int64") { try open { $0[a] = .ones([2, 6], dtype: .int64) } }
    expectLoRARefusal(.badTensor, b, "not finite") { try open { $0[b] = .full([6, 2], .nan) } }
    for value in [0, Double.nan, .infinity] {
      expectLoRARefusal(.badTensor, alpha, "one number") { try open { $0[alpha] = .full([], value) } }
    }
    expectLoRARefusal(.badTensor, alpha, "one number") { try open { $0[alpha] = .ones([2]) } }
    expectLoRARefusal(.badTensor, "x_embedder", "a control LoRA") {
      try open {
        $0["transformer.x_embedder.lora_A.weight"] = .ones([2, 8])
        $0["transformer.x_embedder.lora_B.weight"] = .ones([6, 2])
      }
    }
  }

  @Test("What isn't applied and matters is refused unless it may be left out; the usual is left out with a warning")
  func leftOut() throws {
    expectLoRARefusal(.leavesOut, "allow leaving out biases") {
      _ = try LoRAFile(LoRASamples.url("control"), for: LoRASamples.linears())
    }
    expectLoRARefusal(.leavesOut, "replace norms' scales") {
      _ = try LoRAFile(LoRASamples.url("control"), for: LoRASamples.linears(), leavingOut: [.biases])
    }
    let key = "diffusion_model.double_blocks.0.img_attn.proj.diff"
    expectLoRARefusal(.leavesOut, "whole weights") { try open { $0[key] = .ones([6, 6]) } }
    try open(leavingOut: [.weights]) { $0[key] = .ones([6, 6]) }
    let folder = try TemporaryFolder()
    let url = try LoRASamples.written(in: folder) {
      $0["\(key)_b"] = .ones([6])
      $0["diffusion_model.double_blocks.0.img_attn.norm.query_norm.diff"] = .ones([6])
    }
    let file = try LoRAFile(url, for: LoRASamples.linears())
    #expect(file.leftOut == [.smallChanges: 2] && file.warnings.count == 1)
  }

  @Test(
    "Settings in the metadata that can't be followed",
    arguments: [
      ("[]", "no JSON object"), ("{", "no JSON object"), (#"{"lora_alpha": "8"}"#, "lora_alpha"),
      (#"{"transformer.lora_alpha": 0}"#, "lora_alpha"), (#"{"alpha_pattern": [1]}"#, "an object as alpha_pattern"),
      (#"{"alpha_pattern": {"to_q": {}}}"#, "alpha of"), (#"{"alpha_pattern": {".*to_(q|k)": 3}}"#, "regular expression"),
    ])
  func metadata(_ text: String, _ word: String) {
    expectLoRARefusal(.badMetadata, "lora_adapter_metadata", word) { try open(["lora_adapter_metadata": text]) { _ in } }
  }

  @Test("A DoRA by its metadata") func dora() {
    expectLoRARefusal(.unsupported, "DoRA") { try open(["lora_adapter_metadata": #"{"transformer.use_dora": true}"#]) { _ in } }
  }

  @Test("Half a download, a pointer, a web page and a pickle are refused as what they are")
  func noSafetensors() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: LoRASamples.url("fal"))
    let files: [(String, Data, CheckpointError.Kind)] = [
      ("half.safetensors", whole.dropLast(10), .layout), ("start.safetensors", whole.prefix(100), .cutShort),
      ("pointer.safetensors", Data("version https://git-lfs.github.com/spec/v1\noid sha256:4f\n".utf8), .foreignFormat),
      ("page.safetensors", Data("<!DOCTYPE html><html></html>".utf8), .foreignFormat), ("lora.ckpt", whole, .foreignFormat),
    ]
    for (name, data, kind) in files {
      let url = try folder.write(data, to: name)
      #expect { _ = try LoRAFile(url, for: LoRASamples.linears()) } throws: { ($0 as? CheckpointError)?.kind == kind }
    }
    #expect { _ = try LoRAFile(folder["none.safetensors"], for: LoRASamples.linears()) } throws: {
      ($0 as? CheckpointError)?.kind == .fileNotFound
    }
  }

  @Test("A byte changed anywhere in the header is read or refused, and never ends the process")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: LoRASamples.url("kohya"))
    let header = Int(whole[0]) | Int(whole[1]) << 8
    let linears = try LoRASamples.linears()
    var refused = 0
    for place in stride(from: 8, to: 8 + header, by: 29) {
      for byte in [UInt8(ascii: "0"), UInt8(ascii: "_"), 0xff] where whole[place] != byte {
        var changed = whole
        changed[place] = byte
        let url = try folder.write(changed, to: "changed.safetensors")
        do {
          _ = try LoRAFile(url, for: linears)
        } catch {
          refused += 1
          #expect(error is CheckpointError || error is LoRAFileError, "\(place) \(byte): \(error)")
        }
      }
    }
    #expect(refused > 50)
  }
}
