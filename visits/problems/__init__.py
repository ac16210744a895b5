"""Problems of enterprises, from the report to the proof."""
