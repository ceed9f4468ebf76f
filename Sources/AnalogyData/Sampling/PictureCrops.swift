import Foundation
import LoRWeBFiles
import LoRWeBPictures
import LoRWeBTorch

/// Random pieces of pictures, at the scales at which whole pictures are used.
///
/// A piece of `side` pixels is cut out of a picture as large as one whose shorter side is anything from `frame` pixels up to its
/// own, so that edges and textures are as sharp as in pictures that were made `frame` pixels small. A piece follows from seed,
/// batch and place alone.
public struct PictureCrops: Sendable {
  /// Opaque pictures in groups that are drawn from equally often, however many pictures each holds.
  public let groups: [[Picture]]
  /// Side in pixels at which whole pictures are used.
  public let frame: Int
  private let seed: UInt64

  /// Draws from groups of pictures; those smaller than `frame` are left out.
  /// - Parameter place: where the pictures come from, for messages.
  /// - Throws: `AnalogySetError.noPictures` if a group has none left, or there is no group.
  public init(_ groups: [[Picture]], from place: String, frame: Int, seed: UInt64) throws {
    self.groups = groups.map { $0.filter { min($0.width, $0.height) >= frame } }
    (self.frame, self.seed) = (frame, seed)
    guard !self.groups.isEmpty, !self.groups.contains(where: \.isEmpty) else {
      throw AnalogySetError.noPictures(folder: place, side: frame)
    }
  }

  /// Reads all pictures of a folder, not of folders in it, in the order of their names; other files are left alone.
  /// - Parameter progress: told the number read and of how many.
  /// - Throws: `FolderError.unlistable`; `PicturesError` for a picture that can't be read, also because of its format.
  public static func pictures(in folder: URL, progress: (Int, Int) -> Void = { _, _ in }) throws -> [Picture] {
    let files = try Folder.contents(of: folder).files.filter { PictureLook(folder.appending(path: $0)) != .other }
    return try files.enumerated().map { index, name in
      defer { progress(index + 1, files.count) }
      return try Picture(contentsOf: folder.appending(path: name)).composited()
    }
  }

  /// A batch of pieces of side × side pixels, half of them mirrored.
  /// - Parameter side: at most `frame`.
  /// - Throws: `AnalogySetError.badSampling` for another side; `PicturesError`.
  public func batch(_ number: Int, count: Int, side: Int) throws -> [Picture] {
    guard (1...frame).contains(side) else {
      throw AnalogySetError.badSampling(setting: "side", expected: "1 to \(frame)", found: "\(side)")
    }
    return try (0..<count).map { place in
      var numbers = SeededNumbers(seed: seed, stream: [3, UInt64(number), UInt64(place)])
      let group = groups.count == 1 ? groups[0] : groups[numbers.index(below: groups.count)]
      let picture = group[numbers.index(below: group.count)]
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
  /// - Throws: `PicturesError`.
  public func wholes() throws -> [Picture] {
    try groups.joined().map { try $0.cropped(to: $0.middleSquare).resized(to: PictureSize(width: frame, height: frame)) }
  }
}

extension Picture {
  /// The middle of the picture, all of its shorter side.
  var middleSquare: PictureRectangle {
    let side = min(width, height)
    return PictureRectangle(x: (width - side) / 2, y: (height - side) / 2, width: side, height: side)
  }

  fileprivate func mirrored() throws -> Picture {
    let mirrored = (0..<height).flatMap { row in
      stride(from: (row + 1) * width - 1, through: row * width, by: -1).flatMap { pixels[$0 * 3..<$0 * 3 + 3] }
    }
    return try Picture(width: width, height: height, pixels: mirrored)
  }
}
