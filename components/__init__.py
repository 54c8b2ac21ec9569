"""What Streamlit draws of ours: one package per component."""
