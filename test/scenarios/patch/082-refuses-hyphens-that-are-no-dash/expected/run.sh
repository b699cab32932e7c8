tool -all
end
