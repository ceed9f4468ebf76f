import Foundation
import LoRWeBPictures

extension ImagePreprocessor {
  /// Reads preprocessor_config.json.
  /// - Parameter name: what to call the file in messages.
  /// - Throws: `ModelError.badConfig` for a file of another processor, missing sizes, and values that no picture can have.
  public init(json: Data, named name: String = "preprocessor_config.json") throws {
    do {
      self = try readConfig(Settings.self, from: json, named: name).preprocessor
      try validate()
    } catch ModelError.badConfig(let text) where !text.hasPrefix(name) {
      throw ModelError.badConfig("\(name): \(text)")
    }
  }

  private func validate() throws {
    let largest = 16384
    var sides: [(String, Int)] = []
    switch resize {
    case nil: break
    case .shortestEdge(let edge): sides = [("size.shortest_edge", edge)]
    case .exactly(let size): sides = [("size.width", size.width), ("size.height", size.height)]
    case .patches(let size, let most): sides = [("patch_size", size), ("max_num_patches", most)]
    }
    if let crop { sides += [("crop_size.width", crop.width), ("crop_size.height", crop.height)] }
    for (key, side) in sides where !(1...largest).contains(side) {
      throw ModelError.badConfig("\(key) is \(side), expected 1 to \(largest).")
    }
    if let normalisation, normalisation.deviation.contains(where: { $0 <= 0 }) {
      throw ModelError.badConfig("image_std is \(normalisation.deviation), expected three numbers above 0.")
    }
  }
}

private struct Settings: Decodable {
  let preprocessor: ImagePreprocessor

  enum Processor { case clip, siglip, siglip2 }

  enum CodingKeys: String, CodingKey {
    case processor = "image_processor_type"
    case extractor = "feature_extractor_type"
    case resizes = "do_resize"
    case size
    case filter = "resample"
    case crops = "do_center_crop"
    case crop = "crop_size"
    case rescales = "do_rescale"
    case scale = "rescale_factor"
    case normalises = "do_normalize"
    case mean = "image_mean"
    case deviation = "image_std"
    case patch = "patch_size"
    case mostPatches = "max_num_patches"
  }

  init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    let processor = try Self.processor(file)
    let resizes = try file.value(.resizes, else: true)
    let resize: ImagePreprocessor.Resize? =
      switch processor {
      case .siglip2 where !resizes:
        throw ModelError.badConfig("do_resize is false, but patches need sides of whole patches.")
      case .siglip2:
        .patches(size: try file.decode(Int.self, forKey: .patch), most: try file.decode(Int.self, forKey: .mostPatches))
      case .clip, .siglip:
        // What a single number means differs between the two.
        resizes
          ? try file.decode(Side.self, forKey: .size).resize(
            single: processor == .clip ? { .shortestEdge($0) } : { .exactly(square($0)) })
          : nil
      }
    let crops = try processor == .clip && file.value(.crops, else: true)
    let normalises = try file.value(.normalises, else: true)
    preprocessor = ImagePreprocessor(
      resize: resize, filter: try Self.filter(file.value(.filter, else: processor == .siglip2 ? 2 : 3)),
      crop: crops ? try file.decode(Side.self, forKey: .crop).crop : nil,
      scale: try file.value(.rescales, else: true) ? file.value(.scale, else: 1 / 255) : nil,
      normalisation: normalises
        ? .init(
          mean: try file.decode(Colours.self, forKey: .mean).values,
          deviation: try file.decode(Colours.self, forKey: .deviation).values) : nil)
  }

  /// By the processor's name, or the feature extractor's that it had before.
  private static func processor(_ file: KeyedDecodingContainer<CodingKeys>) throws -> Processor {
    let found =
      try file.decodeIfPresent(String.self, forKey: .processor) ?? file.decodeIfPresent(String.self, forKey: .extractor)
    let plain = found.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
    switch plain {
    case "CLIPImageProcessor", "CLIPFeatureExtractor": return .clip
    case "SiglipImageProcessor": return .siglip
    case "Siglip2ImageProcessor": return .siglip2
    default:
      throw ModelError.badConfig(
        "image_processor_type is \(found.map { "\"\($0)\"" } ?? "missing"), expected CLIPImageProcessor, SiglipImageProcessor or "
          + "Siglip2ImageProcessor.")
    }
  }

  /// By Pillow's number.
  private static func filter(_ number: Int) throws -> ResamplingFilter {
    let filters: [Int: ResamplingFilter] = [1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box]
    guard let filter = filters[number] else {
      throw ModelError.badConfig("resample is \(number), expected 1 (Lanczos), 2 (bilinear), 3 (bicubic) or 4 (box).")
    }
    return filter
  }
}

/// A size: one number, `shortest_edge`, or `height` and `width`.
private enum Side: Decodable {
  case single(Int)
  case shortestEdge(Int)
  case both(PictureSize)

  enum CodingKeys: String, CodingKey {
    case shortestEdge = "shortest_edge"
    case height, width
  }

  init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Int.self) {
      self = .single(number)
      return
    }
    let file = try decoder.container(keyedBy: CodingKeys.self)
    if let edge = try file.decodeIfPresent(Int.self, forKey: .shortestEdge) {
      self = .shortestEdge(edge)
    } else {
      let (height, width) = (try file.decode(Int.self, forKey: .height), try file.decode(Int.self, forKey: .width))
      self = .both(PictureSize(width: width, height: height))
    }
  }

  func resize(single: (Int) -> ImagePreprocessor.Resize) -> ImagePreprocessor.Resize {
    switch self {
    case .single(let side): single(side)
    case .shortestEdge(let edge): .shortestEdge(edge)
    case .both(let size): .exactly(size)
    }
  }

  var crop: PictureSize {
    switch self {
    case .single(let side), .shortestEdge(let side): square(side)
    case .both(let size): size
    }
  }
}

private func square(_ side: Int) -> PictureSize { PictureSize(width: side, height: side) }

/// Three numbers, or one for all three colours.
private struct Colours: Decodable {
  let values: [Double]

  init(from decoder: any Decoder) throws {
    let file = try decoder.singleValueContainer()
    if let number = try? file.decode(Double.self) {
      values = [number, number, number]
      return
    }
    values = try file.decode([Double].self)
    guard values.count == 3 else {
      throw DecodingError.dataCorruptedError(in: file, debugDescription: "\(values.count) numbers, expected three")
    }
  }
}
