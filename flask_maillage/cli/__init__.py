"""The command line: `maillage …` for a stand-alone node, `flask maillage …` inside a host application."""
