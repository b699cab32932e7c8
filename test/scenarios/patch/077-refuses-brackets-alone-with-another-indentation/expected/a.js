call(() => {
  other(() => {
    x();
    });
  });
end();
