  pos++;

  write(0x01, pos);
  pos++;

  fill(0, pos, pos + 3);
  pos += 3;
