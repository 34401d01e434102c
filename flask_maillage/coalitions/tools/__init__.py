"""The tools with which a group works together, as typed links: wiki, chat, pad, cloud, board, video and the like."""
