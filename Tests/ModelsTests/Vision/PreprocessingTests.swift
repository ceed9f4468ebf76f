import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite("Preparing pictures for image encoders")
struct PreprocessingTests {
  struct Answer: Decodable {
    let processor: String
    let width, height: Int
    let shape: [Int]
    let grid: [Int]?
    let every_17th: [Double]
    let sum, sum_of_squares: Double
  }

  private struct Answers: Decodable {
    let answers: [Answer]
  }

  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Answers/preprocessing.json")

  /// The formula of make_preprocessing.py.
  private func picture(_ width: Int, _ height: Int, alpha: [UInt8]? = nil) throws -> Picture {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 { pixels.append(UInt8((x * x + 7 * x * y + 11 * y + 50 * c) % 256)) }
      }
    }
    return try Picture(width: width, height: height, pixels: pixels, alpha: alpha)
  }

  @Test("Each processor gives transformers' values for pictures of each size")
  func answers() throws {
    let data = try Data(contentsOf: Self.file)
    let all = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let processors = try #require(all["processors"] as? [String: Any])
    let answers = try JSONDecoder().decode(Answers.self, from: data).answers
    #expect(answers.count == 40)
    for answer in answers {
      let json = try JSONSerialization.data(withJSONObject: try #require(processors[answer.processor]))
      let label: Comment = "\(answer.processor) of \(answer.width)×\(answer.height)"
      try withTorchErrors {
        let values: Tensor
        switch try ImagePreprocessor(json: json)([picture(answer.width, answer.height)]) {
        case .pixels(let pixels):
          #expect(answer.grid == nil, label)
          values = pixels
        case .patches(let batch):
          #expect(answer.grid == [batch.grids[0].rows, batch.grids[0].columns], label)
          values = batch.pixels
        }
        #expect(values.shape == [1] + answer.shape, label)
        let flat = values.array(of: Double.self)
        for (index, expected) in answer.every_17th.enumerated() {
          guard abs(flat[17 * index] - expected) > 1e-6 * max(1, abs(expected)) else { continue }
          Issue.record(
            "\(answer.processor) of \(answer.width)×\(answer.height): value \(17 * index) is \(flat[17 * index]), not \(expected)"
          )
          break
        }
        #expect(abs(flat.reduce(0, +) - answer.sum) <= 1e-6 * Double(flat.count), label)
        let squares = flat.reduce(0) { $0 + $1 * $1 }
        #expect(abs(squares - answer.sum_of_squares) <= 1e-6 * max(Double(flat.count), answer.sum_of_squares), label)
      }
    }
  }

  private func json(_ change: (inout [String: Any]) -> Void) throws -> Data {
    var settings: [String: Any] = [
      "image_processor_type": "CLIPImageProcessor", "size": ["shortest_edge": 8], "crop_size": ["height": 8, "width": 8],
      "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 3,
    ]
    change(&settings)
    return try JSONSerialization.data(withJSONObject: settings)
  }

  @Test("Files from before size dictionaries, and files of fast processors, mean the same")
  func olderAndNewer() throws {
    let plain = try ImagePreprocessor(json: json { _ in })
    let old = try json {
      $0["image_processor_type"] = nil
      $0["feature_extractor_type"] = "CLIPFeatureExtractor"
      $0["size"] = 8
      $0["crop_size"] = 8
      $0["image_mean"] = 0.5
    }
    #expect(try ImagePreprocessor(json: old) == plain)
    #expect(try ImagePreprocessor(json: json { $0["image_processor_type"] = "CLIPImageProcessorFast" }) == plain)
  }

  @Test("A transparent picture is laid on white")
  func transparency() throws {
    let preprocessor = try ImagePreprocessor(json: json { _ in })
    guard case .pixels(let pixels) = try preprocessor([picture(9, 9, alpha: Array(repeating: 0, count: 81))]) else {
      Issue.record("not pixels")
      return
    }
    try withTorchErrors { #expect(pixels.distance(to: .ones([1, 3, 8, 8])) == 0) }
  }

  @Test(
    "A setting that no picture can be prepared by is refused in one sentence",
    arguments: [
      ("size", "missing"), ("size", "zero"), ("size", "huge"), ("crop_size", "negative"), ("resample", "hamming"),
      ("image_std", "zero"), ("image_mean", "two"), ("image_mean", "missing"), ("image_processor_type", "other"),
      ("image_processor_type", "missing"), ("size", "text"),
    ])
  func hostile(_ key: String, _ trouble: String) throws {
    let values: [String: Any] = [
      "zero": key == "image_std" ? [0.5, 0, 0.5] : ["shortest_edge": 0] as Any, "huge": ["shortest_edge": Int.max],
      "negative": -3, "hamming": 5, "two": [1, 2], "other": "ViTImageProcessor", "text": "large",
    ]
    let file = try json { $0[key] = values[trouble] }
    #expect {
      try ImagePreprocessor(json: file)
    } throws: { error in
      let text = "\(error)"
      return error is ModelError && text.hasPrefix("preprocessor_config.json: ") && text.hasSuffix(".") && text.contains(key)
    }
  }

  @Test("Text that is not JSON is refused in one sentence")
  func notJSON() {
    #expect(
      throws: ModelError.badConfig(
        "preprocessor_config.json: this is not JSON text (unexpected end of file during JSON parse).")
    ) {
      try ImagePreprocessor(json: Data("{".utf8))
    }
  }

  @Test("No pictures, pictures that stay of two sizes, and a picture too long for its patches are refused")
  func pictures() throws {
    let preprocessor = try ImagePreprocessor(json: json { _ in })
    #expect(throws: ModelError.self) { try preprocessor([]) }
    let plain = try ImagePreprocessor(
      json: json {
        $0["do_resize"] = false
        $0["do_center_crop"] = false
      })
    #expect(throws: ModelError.self) { try plain([picture(4, 5), picture(5, 4)]) }
    let patches = try ImagePreprocessor(
      json: json {
        $0["image_processor_type"] = "Siglip2ImageProcessor"
        $0["patch_size"] = 1
        $0["max_num_patches"] = 1
      })
    #expect(throws: ModelError.self) {
      try patches([Picture(size: PictureSize(width: 1_100_000, height: 1), filledWith: .white)])
    }
  }

  @Test("Pictures become tensors and come back")
  func roundTrip() throws {
    let original = try picture(7, 5)
    try withTorchErrors { () throws in
      let unit = Tensor.unit(original)
      #expect(unit.shape == [3, 5, 7])
      #expect(try Picture(unit: unit) == original)
      #expect(try Picture(samples: Tensor(samples: original)) == original)
      #expect(throws: ModelError.self) { try Picture(unit: .full([3, 2, 2], .nan)) }
      #expect(throws: ModelError.self) { try Picture(unit: .zeros([2, 2, 3])) }
      #expect(throws: ModelError.self) { try Picture(samples: .zeros([2, 2, 3])) }
      #expect(try Picture(unit: .full([3, 1, 1], 7)) == Picture(width: 1, height: 1, pixels: [255, 255, 255]))
    }
  }
}
