import Foundation
import LoRWeBPictures

/// Random pieces of a folder's pictures, at the scales at which whole pictures are used.
///
/// A piece of `side` pixels is cut out of a picture as large as one whose shorter side is anything from `frame` pixels up to its
/// own, so that edges and textures are as sharp as in pictures that were made `frame` pixels small. A piece follows from seed,
/// batch and place alone.
public struct PictureCrops: Sendable {
  /// The pictures, opaque, in the order of their names.
  public let pictures: [Picture]
  /// Side in pixels at which whole pictures are used.
  public let frame: Int
  private let seed: UInt64

  /// Reads all PNG, JPEG, WebP and TIFF pictures of a folder, not of folders in it.
  ///
  /// - Parameter progress: told the number read and of how many.
  /// - Throws: `AnalogySetError.noPictures` where none is left, a picture smaller than `frame` being none; `.notAFolder`;
  ///   `PicturesError` for a picture that can't be read.
  public init(folder: URL, frame: Int, seed: UInt64, progress: (Int, Int) -> Void = { _, _ in }) throws {
    let path = folder.path(percentEncoded: false)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw AnalogySetError.notAFolder(path) }
    let endings = ["png", "jpg", "jpeg", "webp", "tif", "tiff"]
    let files = names.filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
    var pictures: [Picture] = []
    for (index, name) in files.enumerated() {
      let picture = try Picture(contentsOf: folder.appending(path: name)).composited()
      if min(picture.width, picture.height) >= frame { pictures.append(picture) }
      progress(index + 1, files.count)
    }
    guard !pictures.isEmpty else { throw AnalogySetError.noPictures(folder: path, side: frame) }
    (self.pictures, self.frame, self.seed) = (pictures, frame, seed)
  }

  /// A batch of pieces of side × side pixels, half of them mirrored.
  ///
  /// - Parameter side: at most `frame`.
  /// - Throws: `AnalogySetError.badSampling` for another side; `PicturesError`.
  public func batch(_ number: Int, count: Int, side: Int) throws -> [Picture] {
    guard (1...frame).contains(side) else {
      throw AnalogySetError.badSampling(setting: "side", expected: "1 to \(frame)", found: "\(side)")
    }
    return try (0..<count).map { place in
      var numbers = SeededNumbers(seed: seed, stream: [3, UInt64(number), UInt64(place)])
      let picture = pictures[Int(numbers.unit() * Double(pictures.count))]
      let largest = Double(min(picture.width, picture.height)) / Double(frame)
      let cut = Int((Double(side) * pow(largest, numbers.unit())).rounded(.down))
      let x = Int(numbers.unit() * Double(picture.width - cut + 1))
      let y = Int(numbers.unit() * Double(picture.height - cut + 1))
      let piece = try picture.cropped(to: PictureRectangle(x: x, y: y, width: cut, height: cut))
        .resized(to: PictureSize(width: side, height: side))
      return numbers.unit() < 0.5 ? piece : try piece.mirrored()
    }
  }

  /// The middle square of each picture at `frame` pixels.
  ///
  /// - Throws: `PicturesError`.
  public func wholes() throws -> [Picture] {
    try pictures.map { picture in
      let side = min(picture.width, picture.height)
      let middle = PictureRectangle(x: (picture.width - side) / 2, y: (picture.height - side) / 2, width: side, height: side)
      return try picture.cropped(to: middle).resized(to: PictureSize(width: frame, height: frame))
    }
  }
}

extension Picture {
  fileprivate func mirrored() throws -> Picture {
    var mirrored = pixels
    for row in 0..<height {
      for column in 0..<width {
        let (from, to) = ((row * width + width - 1 - column) * 3, (row * width + column) * 3)
        for channel in 0..<3 { mirrored[to + channel] = pixels[from + channel] }
      }
    }
    return try Picture(width: width, height: height, pixels: mirrored)
  }
}
