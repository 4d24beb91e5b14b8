"""What the engine does all the time, one worker for each."""
