"""Files that members upload: images written anew, documents looked at, both under names of ours in the data folder."""
