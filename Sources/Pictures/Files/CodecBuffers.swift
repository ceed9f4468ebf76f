import CLoRWeBPictures
import Foundation

/// Room for the one line a C function explains its failure with.
final class CErrorText {
  let buffer: UnsafeMutablePointer<CChar>

  init() {
    buffer = .allocate(capacity: Int(CPICTURES_ERROR_LENGTH))
    buffer.initialize(repeating: 0, count: Int(CPICTURES_ERROR_LENGTH))
  }

  deinit { buffer.deallocate() }

  /// Whether anything was said.
  var isSet: Bool { buffer.pointee != 0 }

  /// The libraries' own words, some of which end in a full stop.
  var text: String {
    let words = String(cString: buffer).trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
    return words.isEmpty ? "its data make no sense" : words
  }
}

/// A picture's size is judged by its header before anything is allocated for it.
enum ReadLimit {
  static func check(_ size: PictureSize, file: String, format: PictureFormat, limit: Int) throws {
    guard let count = size.pixelCount else {
      throw PicturesError.damaged(file: file, format: format.name, reason: "its size is \(size) pixels")
    }
    guard count <= min(limit, Picture.largestResize) else {
      throw PicturesError.tooManyPixels(file: file, size: size, limit: min(limit, Picture.largestResize))
    }
  }

  /// The samples `read` fills.
  static func samples(
    _ size: PictureSize, bytesAPixel: Int, read: (UnsafeMutablePointer<UInt8>) throws -> Void
  ) throws -> [UInt8] {
    let count = size.width * size.height * bytesAPixel
    return try [UInt8](count: count) { buffer in
      buffer.initialize(repeating: 0)
      if let base = buffer.baseAddress { try read(base) }
    }
  }
}

/// Bytes a C encoder allocated.
enum EncodedBytes {
  static func data(
    file: String, format: String,
    _ encode: (inout UnsafeMutablePointer<UInt8>?, inout Int, UnsafeMutablePointer<CChar>) -> Int32
  ) throws -> Data {
    let error = CErrorText()
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard encode(&bytes, &count, error.buffer) != 0, let bytes else {
      throw PicturesError.notEncodable(file: file, format: format, reason: error.text)
    }
    return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
  }
}

extension Picture {
  /// RGB samples, or RGBA where there is an alpha plane, row by row from the top: as encoders take them, and as Pillow's `tobytes`.
  public var interleaved: (samples: [UInt8], channels: Int) {
    guard let alpha else { return (pixels, 3) }
    let samples = [UInt8](count: alpha.count * 4) { output in
      for pixel in 0..<alpha.count {
        for channel in 0..<3 { output[pixel * 4 + channel] = pixels[pixel * 3 + channel] }
        output[pixel * 4 + 3] = alpha[pixel]
      }
    }
    return (samples, 4)
  }
}
