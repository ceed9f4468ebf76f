import Foundation
import LoRWeBPictures
import Testing

@Suite("What looks like a picture")
struct PictureLookTests {
  @Test("Content decides, and an ending only where content says nothing")
  func looks() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "looks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let png = try Picture(width: 1, height: 1, pixels: [1, 2, 3]).encoded(as: .png)
    let tiff = Data([0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8])
    let cases: [(name: String, content: Data, look: PictureLook)] = [
      ("a.png", png, .readable), ("a", png, .readable), ("a.bin", png, .readable), ("a.txt", png, .readable),
      ("broken.JPG", Data("x".utf8), .readable), ("empty.jfif", Data(), .readable),
      ("a.dat", tiff, .foreign), ("b.tif", tiff, .foreign), ("c.tga", Data([0, 0, 2]), .foreign), ("d.CR3", Data(), .foreign),
      ("e.gif", Data("GIF89a".utf8), .foreign), ("f", Data("GIF89a".utf8), .foreign), ("g.heif", Data("x".utf8), .foreign),
      ("notes.txt", Data("a text".utf8), .other), ("film.mp4", Data([0, 0, 0, 24]) + Data("ftypisom".utf8), .other),
      ("paper.pdf", Data("%PDF-1.4".utf8), .other), ("none", Data(), .other), ("data.json", Data("{}".utf8), .other),
    ]
    for (name, content, look) in cases {
      let url = folder.appending(path: name)
      try content.write(to: url)
      #expect(PictureLook(url) == look, "\(name)")
    }
    let pipe = folder.appending(path: "pipe")
    #expect(mkfifo(pipe.path, 0o644) == 0)
    #expect(PictureLook(pipe) == .other, "nobody writes to it")
  }

  @Test("A name's ending is a short word, not a number")
  func stems() {
    for (name, stem) in [
      ("a.jpg", "a"), ("a.b.jpeg", "a.b"), ("a", "a"), ("img.1", "img.1"), ("x_0000_rev", "x_0000_rev"),
      ("a.jpg_0000", "a.jpg_0000"),
    ] {
      #expect(PictureLook.stem(name) == stem)
    }
  }
}
