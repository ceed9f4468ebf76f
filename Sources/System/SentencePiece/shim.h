// sentencepiece's headers are C++; this module only carries its link flag to CSentencePiece.
