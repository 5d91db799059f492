"""素材: pictures, videos and files of the house, kept by their content."""
