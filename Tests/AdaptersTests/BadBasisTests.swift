import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Files that hold no whole basis")
struct BadBasisTests {
  private let folder: TemporaryFolder
  private let key = "transformer.\(Tiny.layer)"

  init() throws { folder = try TemporaryFolder() }

  private func open(_ metadata: SafetensorsMetadata = [:], _ change: (inout [String: Tensor]) throws -> Void = { _ in }) throws
  {
    _ = try BasisFile(Published.write(to: folder["basis.safetensors"], metadata: metadata, change))
  }

  @Test("An ordinary LoRA is told apart, with one of its keys")
  func ordinaryLoRA() {
    expectRefusal("basis.safetensors", "no LoRWeB basis", "lora_down.weight") {
      try open { tensors in
        tensors = [
          "lora_unet_single_blocks_0.lora_down.weight": .zeros([4, 8]),
          "lora_unet_single_blocks_0.lora_up.weight": .zeros([8, 4]),
        ]
      }
    }
    expectRefusal("no LoRWeB basis", "lora_A.weight") {
      try open { $0 = ["transformer.x.lora_A.weight": .zeros([4, 8]), "transformer.x.lora_B.weight": .zeros([8, 4])] }
    }
  }

  @Test("A file without tensors is said to be empty")
  func empty() {
    expectRefusal("basis.safetensors", "it is empty") { try open { $0 = [:] } }
  }

  @Test("An incomplete layer is named", arguments: ["lora_A", "lora_B", "lora_keys"])
  func incomplete(part: String) {
    expectRefusal("\(key).\(part)", "missing") { try open { $0["\(key).\(part)"] = nil } }
  }

  @Test("A layer that alone lacks its projection is named")
  func withoutProjection() {
    expectRefusal(Tiny.layer, "differ") { try open { $0["\(key).att_lora_to_q.weight"] = nil } }
  }

  @Test("A foreign key beside a basis is named, so that nothing is silently left out")
  func foreign() {
    expectRefusal("text_encoder.layer.lora_A") { try open { $0["text_encoder.layer.lora_A"] = .zeros([3, 8, 2]) } }
  }

  @Test(
    "Odd shapes are named with what was expected",
    arguments: [
      ("lora_A", [3, 64], "[N, in, r]"), ("lora_A", [3, 32, 2, 1], "[N, in, r]"), ("lora_A", [0, 32, 2], "[N, in, r]"),
      ("lora_B", [2, 32], "[N, r, out]"), ("lora_keys", [3], "[N, d]"), ("att_lora_to_q.weight", [8], "[d, Q]"),
      ("lora_A", [4, 32, 2], "don't agree"), ("lora_A", [3, 32, 5], "don't agree"), ("lora_keys", [2, 8], "don't agree"),
      ("att_lora_to_q.weight", [9, 12], "don't agree"),
    ])
  func oddShape(part: String, shape: [Int], words: String) {
    expectRefusal(key, words) { try open { $0["\(key).\(part)"] = .zeros(shape) } }
  }

  @Test("Layers of different rank, count or query width are refused")
  func mixedSizes() {
    expectRefusal(Tiny.layer, "share") {
      try open {
        $0["\(key).lora_A"] = .zeros([3, 32, 4])
        $0["\(key).lora_B"] = .zeros([3, 4, 32])
      }
    }
    expectRefusal(Tiny.layer, "share") { try open { $0["\(key).att_lora_to_q.weight"] = .zeros([8, 15]) } }
  }

  @Test("A query width that the mode can't make is refused")
  func oddQuery() {
    expectRefusal("basis.safetensors", "cat-aa'b", "8") {
      _ = try BasisFile(Published.write(to: folder["basis.safetensors"], hasProjection: false))
    }
    expectRefusal("encoder width 7", "width 12") { try open(["lorweb": #"{"version":1,"encoderWidth":7}"#]) }
  }

  @Test("Heads that don't divide the key width are refused when the file is opened", arguments: [3, 0, -1])
  func heads(_ heads: Int) {
    expectRefusal("\(heads) heads", "width 8") { try open(["lorweb": "{\"version\":1,\"heads\":\(heads)}"]) }
  }

  @Test("Values that are no numbers are refused before they become a picture", arguments: [Double.nan, .infinity])
  func notFinite(_ value: Double) throws {
    let url = try Published.write(to: folder["basis.safetensors"]) {
      $0["\(key).lora_keys"] = .full([3, 8], value, dtype: .float16)
    }
    let file = try BasisFile(url)
    expectRefusal("basis.safetensors", "\(key).lora_keys", "not finite") { _ = try file.basis() }
  }

  @Test(
    "A damaged entry of ours is named with what is wrong",
    arguments: [
      ("{", "not the JSON object"), ("[]", "not the JSON object"), ("{}", "not the JSON object"),
      (#"{"version":1,"heads":"two"}"#, "not the JSON object"), (#"{"version":1,"heads":1.5}"#, "not the JSON object"),
      (#"{"version":9}"#, "version 9"), (#"{"version":1,"activation":"relu"}"#, "expected softmax or tanh"),
      (#"{"version":1,"reduce":"max"}"#, "expected mean or sum"), (#"{"version":1,"queryMode":"paa'b"}"#, "paa'b"),
    ])
  func damagedEntry(text: String, words: String) {
    expectRefusal(words) { try open(["lorweb": text]) }
  }

  @Test("A file that is cut short is refused before any tensor is read")
  func truncated() throws {
    let file = try Published.write(to: folder["basis.safetensors"])
    let data = try Data(contentsOf: file)
    for count in [0, 4, 100, data.count / 2, data.count - 1] {
      try data.prefix(count).write(to: file)
      #expect(throws: CheckpointError.self) { try BasisFile(file) }
    }
  }
}
